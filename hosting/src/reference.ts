import { byId, create } from './elements.ts';

/** The page of the Engagement API: the OpenAPI document that lies beside it, to be read by people. */

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly maxLength?: number;
}

interface Content {
  readonly content: { readonly 'application/json': { readonly schema: Schema } };
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly {
    name: string;
    in: string;
    required: boolean;
    description?: string;
    schema: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>;
}

interface Reference {
  readonly info: { readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly meaning: string;
}

async function start(): Promise<void> {
  const response = await fetch('/openapi.json', { signal: AbortSignal.timeout(20_000) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const { info, paths } = (await response.json()) as Reference;
  byId('reference-lead').textContent = info.description;
  const sections = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method.toUpperCase(), path, operation)),
  );
  byId('operations').replaceChildren(...sections);
  byId('reference-message').hidden = true;
  document.body.dataset['state'] = 'ready';
}

function section(method: string, path: string, operation: Operation): HTMLElement {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const title = `${operationId}-title`;
  const body = requestBody ? fieldsOf(requestBody.content['application/json'].schema) : [];
  const asked = [
    ...parameters.map(({ name, required, description: meaning = '', schema, in: where }): Field => ({
      name,
      type: `${typeOf(schema)}, in ${where}`,
      isRequired: required,
      meaning,
    })),
    ...body,
  ];
  const answered = responses['200']?.content['application/json'].schema.properties?.['data'];
  const refusals = Object.entries(responses).filter(([status]) => status !== '200');
  return create(
    'section',
    { class: 'card operation', 'aria-labelledby': title, id: operationId },
    create('h2', { id: title }, create('code', { text: `${method} ${path}` })),
    create('p', { text: summary }),
    create('p', { class: 'soft', text: description.replaceAll('`', '') }),
    ...table('Request', `${operationId}-request`, asked),
    ...table('data of the answer', `${operationId}-answer`, answered ? fieldsOf(answered) : []),
    create(
      'details',
      {},
      create('summary', { text: 'Refusals' }),
      create('dl', {}, ...refusals.flatMap(([status, { description: codes }]) => refusal(status, codes))),
    ),
  );
}

function refusal(status: string, codes: string): HTMLElement[] {
  return [create('dt', { text: status }), create('dd', { class: 'soft', text: codes })];
}

function table(caption: string, id: string, fields: readonly Field[]): HTMLElement[] {
  if (fields.length === 0) return [];
  const rows = fields.map(({ name, type, isRequired, meaning }) =>
    create(
      'li',
      {},
      create('p', {}, create('code', { text: name }), ` ${type}${isRequired ? ', required' : ''}`),
      create('p', { class: 'soft', text: meaning }),
    ),
  );
  return [create('h3', { id, text: caption }), create('ul', { class: 'keys-of', 'aria-labelledby': id }, ...rows)];
}

function fieldsOf(schema: Schema): Field[] {
  const whole = schema.items ?? schema;
  return Object.entries(whole.properties ?? {}).map(([name, one]) => {
    const known = one.anyOf?.find(({ type }) => type !== 'null') ?? one;
    const meaning = one.description ?? known.description ?? '';
    return { name, type: typeOf(known), isRequired: whole.required?.includes(name) ?? false, meaning };
  });
}

function typeOf({ type, const: only, enum: words, items, maxLength }: Schema): string {
  if (only !== undefined) return JSON.stringify(only);
  if (words) return words.map((word) => JSON.stringify(word)).join(' or ');
  if (items) return `list of ${typeOf(items)}`;
  return `${type ?? 'anything'}${maxLength === undefined ? '' : ` (at most ${maxLength})`}`;
}

start().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : 'something unknown failed';
  byId('reference-message').textContent = `The document could not be loaded: ${reason}. Reload the page.`;
});
