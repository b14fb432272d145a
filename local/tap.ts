/**
 * Listens in on what a stand-in of Google's is asked, for tests that disturb it: told of each call before it is carried
 * out, and again before it is answered. What it throws fails the call, and while it waits the caller waits.
 */
export interface Tap {
  readonly before: (call: string) => void | Promise<void>;
  readonly after: (call: string) => void | Promise<void>;
}
