import { Temporal } from 'temporal-polyfill';
import { ApiError } from '../base/api-error.ts';
import { furthestAheadMs } from './booking.ts';
import type { Input } from './operations.ts';
import { latestMs, maxAvailabilityDays, maxSlots } from './schemas.ts';
import { instantOf } from './instant.ts';
import type { Settings } from '../callback/settings.ts';
import { openSlots, type OpenSlot, type Slot } from './slots.ts';

/** A slot with how many callbacks it still takes; absent = any number. */
export interface Room {
  readonly slot: OpenSlot;
  readonly left?: number;
}

export interface Span {
  readonly from: number;
  readonly until: number;
  readonly timeZone: string;
}

const dayMs = 24 * 3600_000;

/** The span that a query names; without an end it is the rest of the day on which it starts. @throws {ApiError} */
export function spanOf(query: Input<'queryAvailabilityV2'>, now: number): Span {
  const timeZone = query.timezone ?? 'UTC';
  const start = query.startMS ?? momentOf('start', query.start, timeZone) ?? now;
  const end = query.endMS ?? momentOf('end', query.end, timeZone);
  const until = end ?? endOfDay(start, query.numberOfDays ?? 1, timeZone);
  if (until - start > (maxAvailabilityDays + 1) * dayMs)
    throw new ApiError('invalid-parameters', `A query may span ${maxAvailabilityDays} days.`);
  return { from: Math.max(start, now), until: Math.min(until, now + furthestAheadMs), timeZone };
}

/** @throws {ApiError} */
export function momentOf(field: string, text: string | null | undefined, timeZone: string): number | undefined {
  if (text == null || text === '') return undefined;
  const moment = instantOf(text, timeZone);
  if (moment !== undefined && moment >= 0 && moment <= latestMs) return moment;
  throw new ApiError('invalid-parameters', `${field} must be ISO 8601, such as 2026-03-02T10:00:00.000Z.`);
}

function endOfDay(start: number, days: number, timeZone: string): number {
  const day = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timeZone).startOfDay();
  return day.add({ days }).epochMilliseconds;
}

/** Slots that are counted at the same time. */
const atOnce = 10;

/**
 * The open slots of a span that have room, or with `reportBusy` all of them. Where the queue has a capacity each slot
 * that is looked at costs one read (a count), and at most 200 are.
 */
export async function availability(
  settings: Settings,
  { from, until }: Pick<Span, 'from' | 'until'>,
  wanted: { readonly most: number; readonly reportBusy: boolean },
  countIn: (slot: Slot) => Promise<number>,
): Promise<Room[]> {
  const { capacity } = settings;
  if (!settings.scheduledCallbackEnabled) return [];
  if (!capacity) return openSlots(settings, from, until, wanted.most).map((slot) => ({ slot }));
  const slots = openSlots(settings, from, until, maxSlots);
  const rooms: Room[] = [];
  for (let start = 0; start < slots.length && rooms.length < wanted.most; start += atOnce) {
    const looked = await Promise.all(
      slots.slice(start, start + atOnce).map(async (slot) => {
        return { slot, left: Math.max(0, capacity.perSlot - (await countIn(slot))) };
      }),
    );
    rooms.push(...looked.filter(({ left }) => left > 0 || wanted.reportBusy));
  }
  return rooms.slice(0, wanted.most);
}

const proposals = 5;
const proposalDays = 7;

/** What a full slot is answered with: the next slots that have room, by their beginning, and how much. */
export async function proposedSlots(
  settings: Settings,
  full: Slot,
  countIn: (slot: Slot) => Promise<number>,
): Promise<Record<string, string>> {
  const span = { from: full.end, until: full.end + proposalDays * dayMs };
  const rooms = await availability(settings, span, { most: proposals, reportBusy: false }, countIn);
  return Object.fromEntries(rooms.map(({ slot, left }) => [new Date(slot.from).toISOString(), String(left)]));
}
