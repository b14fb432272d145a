import type { Config } from '../base/config.ts';
import type { Documents } from '../google/documents.ts';
import { GoogleError, type GoogleApi } from '../google/google-api.ts';
import { fieldsOf } from '../base/json.ts';
import type { CredentialSource } from './vault.ts';

/** Public facts of the credentials in force; the key itself is in Secret Manager only. */
export const activeCredentials = 'pushCredentials/active';

/** One Firestore read for the active version, one call of Secret Manager for a payload. */
export function createCredentialSource(
  documents: Documents,
  secretManager: GoogleApi,
  { projectId, credentialsSecret }: Pick<Config, 'projectId' | 'credentialsSecret'>,
): CredentialSource {
  return {
    async activeVersion() {
      const [active] = await documents.read([activeCredentials]);
      const { version } = fieldsOf(active?.data);
      return typeof version === 'string' ? version : undefined;
    },

    async payload(version) {
      const { payload } = fieldsOf(
        await secretManager({
          method: 'GET',
          path: `/v1/projects/${projectId}/secrets/${credentialsSecret}/versions/${version}:access`,
          repeatOn: ['UNAVAILABLE', 'RESOURCE_EXHAUSTED'],
        }),
      );
      const { data } = fieldsOf(payload);
      // Whoever has answered, it was not Secret Manager: that passes, and says nothing of the credentials.
      if (typeof data !== 'string') throw new GoogleError('UNAVAILABLE', 'an answer without a payload');
      return Buffer.from(data, 'base64').toString('utf8');
    },
  };
}
