import { specOf } from '../../network/ops/table.js';
import type { QuantiserSpec } from '../../network/ops/spec.js';
import type { IntegerNetwork } from '../../network/types.js';

/** A place in a network where real values become integers. */
export interface Quantiser extends QuantiserSpec {
  /** Node. */
  readonly id: string;
}

/** Every quantiser of a network, in the order of computation. */
export function quantisersOf({ nodes }: IntegerNetwork): Quantiser[] {
  return nodes.flatMap((node) =>
    specOf(node.op)
      .quantisers(node)
      .map((quantiser) => ({ id: node.id, ...quantiser })),
  );
}
