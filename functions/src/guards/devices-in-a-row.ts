/** Counts different devices that met with the same trouble one after the other: one device by itself proves nothing. */
export interface DevicesInARow {
  /** One more has. @returns whether there are enough of them now */
  add(target: string): boolean;
  /** One has not. */
  end(): void;
}

export function createDevicesInARow(enough: number): DevicesInARow {
  const devices = new Set<string>();
  return {
    add(target) {
      if (devices.size < enough) devices.add(target);
      return devices.size >= enough;
    },
    end() {
      devices.clear();
    },
  };
}
