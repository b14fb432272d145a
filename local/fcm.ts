import { createHash, randomBytes } from 'node:crypto';
import * as errors from './fcm-errors.ts';
import type { Faults } from './fcm-faults.ts';
import { checkSendRequest, type Message } from './fcm-message.ts';
import type { Accounts } from './oauth.ts';

/** A message that FCM took. */
export interface Accepted {
  readonly projectId: string;
  readonly target: string;
  /** `projects/P/messages/…` */
  readonly name: string;
  readonly message: Message;
}

/** What becomes of a send: an answer, or none because the connection hangs or is dropped. */
export type Outcome = errors.Answer | 'hang' | 'reset';

export interface Send {
  /** A project id or number, as it is in the path. */
  readonly project: string;
  /** The Authorization header. */
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What a send needs of the world around it. */
export interface Surroundings {
  readonly accounts: Pick<Accounts, 'bearerOf' | 'knowsProject'>;
  readonly faults: Faults;
  /** Takes a message in; never called for `validate_only`. */
  readonly keep: (accepted: Accepted) => void;
}

/** Answers `POST /v1/projects/{project}/messages:send` as FCM does, or as the faults in force want it. */
export function send({ project, authorization, body }: Send, { accounts, faults, keep }: Surroundings): Outcome {
  const [, accessToken] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (!accessToken) return errors.unauthenticated('missing');
  const bearer = accounts.bearerOf(accessToken);
  if (!bearer) return errors.unauthenticated('invalid');
  const { projectId, state } = bearer;
  if (project !== projectId && project !== projectNumber(projectId)) {
    return accounts.knowsProject(project) ? errors.permissionDenied(project) : errors.projectNotFound();
  }
  if (state === 'api-disabled') return errors.apiDisabled(projectNumber(projectId));
  if (state === 'permission-denied') return errors.permissionDenied(projectId);

  const request = checkSendRequest(body);
  if ('kind' in request) return errors.refused(request);
  const { target, message, validateOnly } = request;
  const fault = faults.strike(target);
  if (fault && !fault.afterAccepting) {
    if (fault.code === 'HANG') return 'hang';
    if (fault.code === 'RESET') return 'reset';
    return withRetryAfter(errors.faultAnswers[fault.code](projectId), fault.retryAfterSeconds);
  }
  const name = `projects/${projectId}/messages/${validateOnly ? 'fake_message_id' : newMessageId()}`;
  if (!validateOnly) keep({ projectId, target, name, message });
  if (fault) return fault.code === 'HANG' ? 'hang' : 'reset';
  return { status: 200, body: { name } };
}

/** The number that Google gives a project; here it follows from the id. */
export function projectNumber(projectId: string): string {
  const hash = createHash('sha256').update(projectId).digest();
  return String(100_000_000_000 + (hash.readUIntBE(0, 6) % 900_000_000_000));
}

function newMessageId(): string {
  return `0:${Date.now()}${String(process.hrtime.bigint() % 1000n).padStart(3, '0')}%${randomBytes(8).toString('hex')}`;
}

function withRetryAfter(answer: errors.Answer, seconds: number | undefined): errors.Answer {
  if (seconds === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
}
