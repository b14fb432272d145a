import { createHash, randomBytes } from 'node:crypto';
import * as errors from './fcm-errors.ts';
import type { Faults } from './fcm-faults.ts';
import { checkSendRequest, type Message } from './fcm-message.ts';
import type { Accounts } from './oauth.ts';
import { outcomeOf, type Outcome } from './spoilt-answers.ts';

/** A message that FCM took. */
export interface Accepted {
  readonly projectId: string;
  readonly target: string;
  /** `projects/P/messages/…` */
  readonly name: string;
  readonly message: Message;
}

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
  const fault = faults.strike('send', target);
  const name = `projects/${projectId}/messages/${validateOnly ? 'fake_message_id' : newMessageId()}`;
  if (!validateOnly && (!fault || fault.afterAccepting)) keep({ projectId, target, name, message });
  const success = { status: 200, body: { name } };
  return fault ? outcomeOf(fault, (code) => errors.faultAnswers[code](projectId), success) : success;
}

/** The number that Google gives a project; here it follows from the id. */
export function projectNumber(projectId: string): string {
  const hash = createHash('sha256').update(projectId).digest();
  return String(100_000_000_000 + (hash.readUIntBE(0, 6) % 900_000_000_000));
}

function newMessageId(): string {
  return `0:${Date.now()}${String(process.hrtime.bigint() % 1000n).padStart(3, '0')}%${randomBytes(8).toString('hex')}`;
}
