import type { DocumentChange } from '../document/document.ts';
import { toWireDocument } from '../document/document.ts';
import type { Moment } from '../document/moment.ts';
import { toTimestamp } from '../document/moment.ts';
import { databaseOf } from '../document/name.ts';
import { invalid, Refusal } from '../document/refusal.ts';
import type { Database } from '../store/database.ts';
import type { Conversation, Service } from './call.ts';
import type { ListenRequest, ListenResponse, Target } from './messages.ts';
import type { Sighting, Watch } from './watch.ts';
import { watchOf } from './watch.ts';

/** Answers one listen stream: the targets a client adds, and every commit that concerns them. */
export function listen(service: Service, send: (response: ListenResponse) => void): Conversation<ListenRequest> {
  return new ListenStream(service, send);
}

/** Answers a stranger the way production does: the stream opens, but no target is listened to. */
export function refuseTargets(
  refusal: Refusal,
): (send: (response: ListenResponse) => void) => Conversation<ListenRequest> {
  return (send) => ({
    take: ({ addTarget }) => {
      if (addTarget !== undefined) send(removed(addTarget.targetId ?? 0, refusal));
    },
    close: () => undefined,
  });
}

class ListenStream implements Conversation<ListenRequest> {
  readonly #service: Service;
  readonly #send: (response: ListenResponse) => void;
  readonly #watches = new Map<number, Watch>();
  #database: Database | undefined;
  #detach: () => void = () => undefined;

  constructor(service: Service, send: (response: ListenResponse) => void) {
    this.#service = service;
    this.#send = send;
  }

  take(request: ListenRequest): void {
    if (this.#database === undefined) {
      this.#database = this.#service.databases.get(databaseOf(request.database)).database;
      this.#detach = this.#database.observe((changes, at) => {
        this.#follow(changes, at);
      });
    }
    if (request.addTarget !== undefined) this.#add(request.addTarget, this.#database);
    if (request.removeTarget !== undefined) this.#remove(request.removeTarget);
  }

  close(): void {
    this.#detach();
    this.#watches.clear();
  }

  #add(target: Target, database: Database): void {
    const id = target.targetId ?? 0;
    try {
      if (id === 0) throw invalid('A target needs an id.');
      this.#begin(id, watchOf(target, database), target, database);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#send(removed(id, error));
    }
  }

  #begin(id: number, watch: Watch, target: Target, database: Database): void {
    const sightings = watch.begin();
    this.#watches.set(id, watch);
    const at = database.now();
    this.#send({ targetChange: { targetChangeType: 'ADD', targetIds: [id] } });
    // A client that comes back is told everything again instead of what it missed.
    if (target.resumeToken !== undefined || target.readTime !== undefined) {
      this.#send({ targetChange: { targetChangeType: 'RESET', targetIds: [id] } });
    }
    this.#service.usage.queried(0);
    this.#tell(id, sightings, at);
    this.#send({ targetChange: { targetChangeType: 'CURRENT', targetIds: [id], ...stamp(at) } });
    this.#closeSnapshot(at);
  }

  #remove(id: number): void {
    this.#watches.delete(id);
    this.#send({ targetChange: { targetChangeType: 'REMOVE', targetIds: [id] } });
  }

  #follow(changes: readonly DocumentChange[], at: Moment): void {
    let told = false;
    for (const [id, watch] of this.#watches) {
      const sightings = watch.follow(changes);
      this.#tell(id, sightings, at);
      told ||= sightings.length > 0;
    }
    if (told) this.#closeSnapshot(at);
  }

  #tell(id: number, sightings: readonly Sighting[], at: Moment): void {
    const readTime = toTimestamp(at);
    for (const sighting of sightings) {
      if (sighting.kind === 'shown') {
        const document = toWireDocument(sighting.document, sighting.fields);
        this.#send({ documentChange: { document, targetIds: [id] } });
        this.#service.usage.read(1);
        continue;
      }
      const lost = { document: sighting.name, removedTargetIds: [id], readTime };
      this.#send(sighting.kind === 'deleted' ? { documentDelete: lost } : { documentRemove: lost });
    }
  }

  /** Naming no target means all of them: everything up to this moment has been told. */
  #closeSnapshot(at: Moment): void {
    this.#send({ targetChange: { targetChangeType: 'NO_CHANGE', targetIds: [], ...stamp(at) } });
  }
}

function removed(id: number, { code, message }: Refusal): ListenResponse {
  return { targetChange: { targetChangeType: 'REMOVE', targetIds: [id], cause: { code, message } } };
}

function stamp(at: Moment): { readTime: object; resumeToken: Uint8Array } {
  return { readTime: toTimestamp(at), resumeToken: Buffer.from(String(at)) };
}
