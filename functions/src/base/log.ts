/**
 * The vocabulary of the log: one line for each decision and each outcome. The fields are an allow-list, so that no
 * document, phone number, device token or key can slip in.
 */
export type LogEvent =
  | 'fields-ignored'
  | 'change-unreadable'
  | 'change-ignored'
  | 'change-outdated'
  | 'notice-superseded'
  | 'notice-stale'
  | 'notice-claimed-before'
  | 'notice-taken-over'
  | 'notice-settled'
  | 'notice-held'
  | 'sending-stopped'
  | 'sending-resumed'
  | 'targets-suspicious'
  | 'target-failed'
  | 'retry-not-scheduled'
  | 'retry-failed'
  | 'settings-rejected'
  | 'settings-missing'
  | 'sweep-finished'
  | 'sweep-incomplete'
  | 'reconciliation-failed'
  | 'credentials-destroyed'
  | 'admin-failed'
  | 'engagement-failed'
  | 'key-use-not-recorded'
  | 'rate-lease-failed';

export interface LogFields {
  readonly callbackId?: string;
  readonly noticeId?: string;
  readonly eventId?: string;
  readonly event?: string;
  readonly serviceName?: string;
  readonly document?: string;
  readonly problems?: readonly string[];
  readonly silence?: string;
  readonly reason?: string;
  readonly state?: string;
  readonly attempt?: number;
  readonly outcome?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly target?: string;
  readonly nextAttemptAt?: string;
  readonly corrId?: string;
  readonly ageMs?: number;
  readonly count?: number;
  readonly looked?: number;
}

export type Severity = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
export type Log = (severity: Severity, event: LogEvent, fields: LogFields) => void;
