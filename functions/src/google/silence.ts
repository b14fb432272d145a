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
  /** A request was answered. */
  answered(): void;
}

/** A silence is measured in so many looks. */
const looks = 4;
/** A server must not be asked too often, or it takes us for an attack. */
const rarestPing = 4;

/**
 * Finds out that a connection leads nowhere, although nobody has closed it: while requests are under way and nothing has
 * come for `silenceMs`, the other side is sent a PING, which it has to answer within as long. A server that is merely slow
 * does; then the next PING waits for a longer silence. One timer a connection, which no request touches while it runs.
 */
export function watchSilence(silenceMs: number, connection: WatchedConnection): SilenceWatch {
  let isWatching = false;
  let seen = 0;
  let silent = 0;
  /** In silences. */
  let pingAfter = 1;

  const timer = setTimeout(() => {
    // After a pause of the whole process what has come meanwhile is read before we look, and counts.
    setImmediate(look);
  }, silenceMs / looks).unref();

  function look(): void {
    isWatching = connection.isBusy();
    if (!isWatching) return;
    const bytes = connection.bytesRead();
    silent = bytes === seen ? silent + 1 : 0;
    seen = bytes;
    if (silent === (pingAfter + 1) * looks) {
      connection.onLost();
      return;
    }
    timer.refresh();
    if (silent === pingAfter * looks) {
      connection.ping(() => {
        pingAfter = Math.min(2 * pingAfter, rarestPing);
      });
    }
  }

  return {
    begin() {
      if (isWatching) return;
      isWatching = true;
      [seen, silent] = [connection.bytesRead(), 0];
      timer.refresh();
    },
    answered() {
      pingAfter = 1;
    },
  };
}
