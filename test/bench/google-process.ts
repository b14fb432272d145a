/** A process of its own for Google's part, so that it shares no thread with whoever is measured; see google.ts. */
import { createAccounts } from '../../local/oauth.ts';
import { startSecretManager } from '../../local/secret-manager.ts';
import { selfSigned } from '../support/certificate.ts';
import { startFcmServer } from './fcm-server.ts';
import type { Question, Started } from './google.ts';
import { projectId } from './project.ts';

const tls = selfSigned({ names: ['localhost', 'fcm.googleapis.com', 'oauth2.googleapis.com'] });
const accounts = createAccounts({ tokenUrl: () => 'https://oauth2.googleapis.com/token', now: () => Date.now() });
const secretManager = await startSecretManager({ port: 0 });
const fcm = await startFcmServer(tls, accounts);

process.on('message', (question: Question) => {
  if (question.behave) fcm.behave(question.behave);
  if (question.reset) fcm.reset();
  process.send?.({ ...fcm.counters(), secretAccesses: secretManager.counters()['AccessSecretVersion'] ?? 0 });
});
process.on('disconnect', () => process.exit());
const started: Started = {
  port: fcm.port,
  secretManagerPort: secretManager.port,
  certificate: tls.cert,
  account: accounts.create(projectId),
};
process.send?.(started);
