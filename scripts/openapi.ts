/** `npm run openapi`: writes the OpenAPI document and the client's types anew, after the API has changed. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openApiDocument } from './openapi-document.ts';
import { clientTypes, documentText } from './openapi-files.ts';

const root = path.resolve(import.meta.dirname, '..');
const document = openApiDocument();
await writeFile(path.join(root, 'hosting/public/openapi.json'), await documentText(document));
await writeFile(path.join(root, 'client/schema.ts'), await clientTypes(document));
