import { Temporal } from 'temporal-polyfill';
import { openingsBetween } from '../callback/business-hours.ts';
import type { Settings } from '../callback/settings.ts';

/** A span of time in which a queue takes so many scheduled callbacks. Epoch milliseconds. */
export interface Slot {
  readonly start: number;
  readonly end: number;
}

/** A slot in which a queue is open. */
export interface OpenSlot extends Slot {
  /** The first moment in it at which the queue is open: what one can book. */
  readonly from: number;
}

type Queue = Pick<Settings, 'businessHours' | 'capacity'>;

const defaultSlotMinutes = 60;

export function slotMinutesOf({ capacity }: Queue): number {
  return capacity?.slotMinutes ?? defaultSlotMinutes;
}

/** The slot in which a moment lies. Slots begin on the full or half hour of the queue's own clocks. */
export function slotAt(queue: Queue, at: number): Slot {
  const minutes = slotMinutesOf(queue);
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(queue.businessHours?.timeZone ?? 'UTC');
  const into = ((local.minute % minutes) * 60 + local.second) * 1000 + local.millisecond;
  return { start: at - into, end: at - into + minutes * 60_000 };
}

/**
 * The slots from the first one that begins at or after `from` until `until`, in which the queue is open.
 *
 * @param limit how many at most
 */
export function openSlots(queue: Queue, from: number, until: number, limit: number): OpenSlot[] {
  const { businessHours } = queue;
  const openings = businessHours && openingsBetween(businessHours, from, until);
  const openFrom = ({ start, end }: Slot): number | undefined => {
    if (!openings) return start;
    const opening = openings.find(({ open, close }) => open < end && start < close);
    return opening && Math.max(start, opening.open);
  };
  const first = slotAt(queue, from);
  const slots: OpenSlot[] = [];
  for (
    let slot = first.start < from ? slotAt(queue, first.end) : first;
    slot.start < until && slots.length < limit;
    slot = slotAt(queue, slot.end)
  ) {
    const opening = openFrom(slot);
    if (opening !== undefined) slots.push({ ...slot, from: opening });
  }
  return slots;
}
