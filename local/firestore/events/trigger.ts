import type { DocumentChange } from '../document/document.ts';
import { invalid } from '../document/refusal.ts';

/** What a function registers for, as the functions emulator sends it. */
export interface TriggerRequest {
  eventType?: string;
  database?: string;
  document?: { value?: string; matchType?: string };
}

/** A registered function that wants to hear of changes. */
export interface Trigger {
  /** The function's id followed by the generation of its code: the name under which deliveries are addressed. */
  readonly key: string;
  readonly project: string;
  readonly eventType: string;
  concerns(change: DocumentChange): boolean;
}

type ChangeKind = 'created' | 'updated' | 'deleted';

const eventTypePattern =
  /^google\.cloud\.firestore\.document\.v1\.(created|updated|deleted|written)(\.withAuthContext)?$/;

export function parseTrigger(project: string, key: string, request: TriggerRequest): Trigger {
  const { eventType = '', database = '(default)', document } = request;
  const kind = eventTypePattern.exec(eventType)?.[1];
  if (kind === undefined) throw invalid(`"${eventType}" is not a Firestore event type.`);
  if (key === '' || document?.value === undefined) throw invalid('A trigger needs an id and a document pattern.');
  const path = pathPattern(document.value);
  const databaseName = `projects/${project}/databases/${database}`;
  return {
    key,
    project,
    eventType,
    concerns: (change) =>
      change.name.database === databaseName &&
      (kind === 'written' || kind === kindOfChange(change)) &&
      path.test(change.name.path),
  };
}

/** The same function with newer code registers under the next generation; this is what stays the same. */
export function functionOf({ project, key }: Trigger): string {
  return `${project}/${key.replace(/-\d+$/, '')}`;
}

function kindOfChange({ before, after }: DocumentChange): ChangeKind {
  if (before === undefined) return 'created';
  return after === undefined ? 'deleted' : 'updated';
}

/** `{id}` and `*` stand for one segment, `{rest=**}` and `**` for any number. */
function pathPattern(pattern: string): RegExp {
  const segments = pattern.replace(/^\/|\/$/g, '').split('/');
  const source = segments.map((segment, i) => {
    const slash = i === 0 ? '' : '/';
    if (/^(\{[^}]*=\*\*\}|\*\*)$/.test(segment)) return i === 0 ? '.*' : '(?:/.+)?';
    if (/^(\{[^}]*\}|\*)$/.test(segment)) return `${slash}[^/]+`;
    return slash + segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 's');
}
