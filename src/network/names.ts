import type { NodeName, ProvableTensor, Role } from './types.js';

/** Prefix of the ids of a layer; none outside the layers. */
export function prefixOf(layer: number | undefined): string {
  return layer === undefined ? '' : `l${layer}_`;
}

/** The name of a node: its id follows from its role and its layer. */
export function nameOf<R extends Role>(
  role: R,
  layer?: number,
  tensor?: ProvableTensor,
): NodeName<R> {
  return {
    id: `${prefixOf(layer)}${role}`,
    role,
    ...(layer === undefined ? {} : { layer }),
    ...(tensor === undefined ? {} : { tensor }),
  };
}
