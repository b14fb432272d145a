import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

import type { WireDocument } from '../document/document.ts';

const packageOfProtos = '@google-cloud/firestore/package.json';
const serviceName = 'google.firestore.v1.Firestore';

/** The Firestore service as grpc-js takes it, and the one message that also travels outside gRPC. */
export interface Protocol {
  readonly service: ServiceDefinition;
  readonly encodeDocument: (document: WireDocument) => Buffer;
}

/** Reads the protocol from the .proto files that the official client ships. */
export function loadProtocol(): Protocol {
  const root = dirname(createRequire(import.meta.url).resolve(packageOfProtos));
  const definitions = loadSync('google/firestore/v1/firestore.proto', {
    includeDirs: [join(root, 'build/protos')],
    longs: String,
    enums: String,
    defaults: false,
    oneofs: false,
    keepCase: false,
  });
  const service = definitions[serviceName];
  if (service === undefined || 'format' in service) throw new Error(`${serviceName} is not in the protocol files.`);
  const encode = service['GetDocument']?.responseSerialize;
  if (encode === undefined) throw new Error('The service has no method that answers with a document.');
  return { service, encodeDocument: (document) => encode(document) };
}
