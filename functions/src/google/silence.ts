export interface WatchedConnection {
  /** Somebody waits for an answer on it. */
  isBusy(): boolean;
  /** What has come from the other side so far; whatever comes shows that it is there. */
  bytesRead(): number;
  /** Asks the other side whether it is there. */
  ping(onAnswer: () => void): void;
  /** It is not. */
  onLost(): void;
}

export interface SilenceWatch {
  /** Somebody waits for an answer from now on. */
  begin(): void;
  /** Something of an answer to a request has come: not a mere PING's. */
  answered(): void;
}

/** A silence is measured in so many looks. */
const looks = 4;
/** A server must not be asked too often, or it takes us for an attack. In silences. */
const rarestPing = 4;

/**
 * Finds out that a connection leads nowhere, although nobody has closed it: while requests are under way and nothing has
 * come for `silenceMs`, the other side is sent a PING, which it has to answer within as long. A server that is merely slow
 * does; then the next PING waits for a longer silence. One timer a connection, which no request touches while it runs.
 */
export function watchSilence(silenceMs: number, connection: WatchedConnection): SilenceWatch {
  const silence = createSilence();
  let isWatching = false;

  const timer = setTimeout(() => {
    // After a pause of the whole process what has come meanwhile is read before we look, and counts.
    setImmediate(look);
  }, silenceMs / looks).unref();

  function look(): void {
    isWatching = connection.isBusy();
    if (!isWatching) return;
    const verdict = silence.look(connection.bytesRead());
    if (verdict === 'lost') {
      connection.onLost();
      return;
    }
    timer.refresh();
    if (verdict === 'ask') connection.ping(silence.isMerelySlow);
  }

  return {
    begin() {
      if (isWatching) return;
      isWatching = true;
      silence.begin(connection.bytesRead());
      timer.refresh();
    },
    answered: silence.answered,
  };
}

/** What to do about a silence, told by how much has come at each look. */
export interface Silence {
  begin(bytesRead: number): void;
  /** `ask`: a PING is to be sent. `lost`: one was sent, and nothing came of it. */
  look(bytesRead: number): 'wait' | 'ask' | 'lost';
  /** It has answered a PING. */
  readonly isMerelySlow: () => void;
  readonly answered: () => void;
}

export function createSilence(): Silence {
  let seen = 0;
  /** Looks since something came. */
  let silent = 0;
  /** How many those were when a PING was sent that nothing has come after. */
  let askedAt: number | undefined;
  /** In silences. */
  let askAfter = 1;

  function begin(bytesRead: number): void {
    [seen, silent, askedAt] = [bytesRead, 0, undefined];
  }

  return {
    begin,
    look(bytesRead) {
      if (bytesRead === seen) silent += 1;
      else begin(bytesRead);
      if (askedAt !== undefined) return silent >= askedAt + looks ? 'lost' : 'wait';
      if (silent < askAfter * looks) return 'wait';
      askedAt = silent;
      return 'ask';
    },
    isMerelySlow() {
      askAfter = Math.min(2 * askAfter, rarestPing);
    },
    answered() {
      askAfter = 1;
    },
  };
}
