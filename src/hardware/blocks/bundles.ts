import type { BundleType, Port } from './block.js';

/** One wire of a bundle. */
export interface Signal {
  /** In `<port>_<signal>_i|o`. */
  readonly name: string;
  /** Bits. */
  readonly width: number;
  /** Driven by the producer's end, or by the consumer's. */
  readonly driver: 'producer' | 'consumer';
}

/** The wires of a port's bundle, in the order of the Verilog port list. */
export function signalsOf(port: Port): readonly Signal[] {
  const { type, lanes, width, secondWidth = 0, clients = 1 } = port;
  const data: Signal = { name: 'data', width: lanes * width, driver: 'producer' };
  const tag: Signal = { name: 'tag', width: 2, driver: 'producer' };
  switch (type) {
    case 'stream':
      return [{ name: 'valid', width: 1, driver: 'producer' }, tag, data];
    case 'vector':
      return [
        { name: 'start', width: 1, driver: 'producer' },
        tag,
        { name: 'read', width: 1, driver: 'consumer' },
        { name: 'release', width: 1, driver: 'consumer' },
        data,
      ];
    case 'step':
      return [
        { name: 'start', width: 1, driver: 'producer' },
        // Tag of the step that waits to start; room may depend on it.
        tag,
        { name: 'room', width: 1, driver: 'consumer' },
      ];
    case 'go':
      return [{ name: 'start', width: 1, driver: 'producer' }, tag];
    case 'multiply':
      return [
        { name: 'valid', width: clients, driver: 'producer' },
        { name: 'a', width: clients * lanes * width, driver: 'producer' },
        { name: 'b', width: clients * lanes * secondWidth, driver: 'producer' },
        { name: 'p', width: lanes * (width + secondWidth), driver: 'consumer' },
      ];
    case 's_axis':
    case 'm_axis':
      return [
        { name: 'tdata', width: lanes * width, driver: 'producer' },
        { name: 'tvalid', width: 1, driver: 'producer' },
        { name: 'tready', width: 1, driver: 'consumer' },
        { name: 'tlast', width: 1, driver: 'producer' },
      ];
    case 'flag':
      return [{ name: '', width: 1, driver: 'producer' }];
  }
}

/** The Verilog name of a signal at a port; AXI edges keep the bus's own names. */
export function signalPort(port: Port, signal: Signal): string {
  if (isAxis(port.type)) return `${port.type}_${signal.name}`;
  const isOutput = (port.direction === 'out') === (signal.driver === 'producer');
  const suffix = isOutput ? 'o' : 'i';
  return signal.name === '' ? `${port.name}_${suffix}` : `${port.name}_${signal.name}_${suffix}`;
}

/** True if the bundle is an AXI4-Stream at the edge of the design. */
export function isAxis(type: BundleType): boolean {
  return type === 's_axis' || type === 'm_axis';
}

/** Bits per element on an AXI4-Stream bus: whole bytes. */
export function slotWidth(width: number): number {
  return Math.ceil(width / 8) * 8;
}
