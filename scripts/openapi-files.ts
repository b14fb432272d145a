import openapiTS, { astToString } from 'openapi-typescript';
import { format } from 'prettier';

/** The OpenAPI document as it lies in `hosting/public/openapi.json`. */
export function documentText(document: object): Promise<string> {
  return format(JSON.stringify(document), { parser: 'json', printWidth: 120 });
}

/** The types of the client in `client/schema.ts`. */
export async function clientTypes(document: object): Promise<string> {
  const types = astToString(await openapiTS(JSON.stringify(document)));
  const note =
    '/** Made of the OpenAPI document by `npm run openapi`: change the schemas of the functions instead. */\n';
  return format(note + types, { parser: 'typescript', printWidth: 120, singleQuote: true });
}
