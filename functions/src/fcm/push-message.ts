/** A message of the FCM HTTP v1 API without its target. */
export interface PushMessage {
  readonly notification: { readonly title: string; readonly body: string };
  readonly data: Readonly<Record<string, string>>;
  readonly android: Readonly<Record<string, unknown>>;
  readonly apns: Readonly<Record<string, unknown>>;
  readonly webpush: Readonly<Record<string, unknown>>;
}
