/** A message of the FCM HTTP v1 API without its target. */
export interface PushMessage {
  /** Absent where the app itself shows what it is told in `data`. */
  readonly notification?: { readonly title: string; readonly body: string };
  readonly data: Readonly<Record<string, string>>;
  readonly android: Readonly<Record<string, unknown>>;
  readonly apns: Readonly<Record<string, unknown>>;
  readonly webpush: Readonly<Record<string, unknown>>;
}
