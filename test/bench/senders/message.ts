import { buildMessage } from '../../../functions/src/notice/message.ts';
import { aMessageRequest } from '../../support/builders.ts';

/** What everybody sends: a message as our functions build it. */
export const message = buildMessage(aMessageRequest());
