import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema.ts';

export interface EngagementOptions {
  /** Up to and with `/engagement/v3`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * A client of the Engagement API, typed by its OpenAPI document:
 *
 *     const { data, error } = await createEngagementClient(options).POST('/callbacks/create', { body: { … } });
 */
export function createEngagementClient({ baseUrl, apiKey, fetch }: EngagementOptions): Client<paths> {
  return createClient<paths>({ baseUrl, headers: { 'x-api-key': apiKey }, ...(fetch && { fetch }) });
}
