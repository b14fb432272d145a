/** An answer as it came over the wire, whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** When the other side answered, by its own clock, in epoch milliseconds. */
export function dateOf(headers: Headers): number | undefined {
  return httpDate(first(headers['date']));
}

/**
 * The wait that an answer asks for, in milliseconds. A point in time is measured against the clock it was read from:
 * the answer's own where it tells it, for ours may be wrong.
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = first(headers['retry-after'])?.trim() ?? '';
  if (/^\d{1,9}(\.\d{1,9})?$/.test(value)) return Number(value) * 1000;
  const until = httpDate(value);
  return until === undefined ? undefined : Math.max(0, until - (dateOf(headers) ?? now));
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** The one form that is still sent (RFC 9110): `Sun, 06 Nov 1994 08:49:37 GMT`. */
function httpDate(text = ''): number | undefined {
  const time = /^\w{3}, \d{2} \w{3} \d{4} [\d:]{8} GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
