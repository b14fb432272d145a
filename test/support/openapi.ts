import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../../scripts/openapi-document.ts';
import type { Schema } from './schema-arbitrary.ts';

export interface DocumentedOperation {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly parameters: readonly { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: Schema }[];
  readonly body: Schema | undefined;
  readonly statuses: readonly string[];
}

interface PathItem {
  readonly parameters?: DocumentedOperation['parameters'];
  readonly requestBody?: { content: { 'application/json': { schema: Schema } } };
  readonly responses: Record<string, object>;
}

const document = openApiDocument() as { paths: Record<string, Record<string, PathItem>> };

/** Every operation of the OpenAPI document. */
export const documented: readonly DocumentedOperation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({
    path,
    method: method === 'get' ? ('GET' as const) : ('POST' as const),
    parameters,
    body: requestBody?.content['application/json'].schema,
    statuses: Object.keys(responses),
  })),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema(document, 'openapi');

/** What the document has against an answer: nothing, where it keeps to it. */
export function complaints(
  { path, method }: Pick<DocumentedOperation, 'path' | 'method'>,
  status: number,
  body: unknown,
): string[] {
  const escaped = encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'));
  const reference = `openapi#/paths/${escaped}/${method.toLowerCase()}/responses/${status}`;
  const validate = ajv.getSchema(`${reference}/content/application~1json/schema`);
  if (!validate) return [`${method} ${path}: ${status} is not documented`];
  return validate(body) ? [] : [`${method} ${path} ${status}: ${ajv.errorsText(validate.errors)}`];
}
