import type { LookupFunction } from '../ops/lookup.js';

/** Index of a node, which is also that of its value. */
export type NodeId = number;
/** Index of a parameter. */
export type ParameterId = number;

/** A tensor of weights, [rows, columns]. */
export interface GraphParameter {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
}

/**
 * One operation of the float network; `ops/` has the equations. Its value has `width` elements per
 * step of a sequence, or per sequence behind a pool.
 */
export type Operation =
  | { readonly op: 'input' }
  | {
      readonly op: 'matvec';
      readonly x: NodeId;
      readonly weights: ParameterId;
      readonly bias?: ParameterId;
    }
  | { readonly op: 'recurrence'; readonly drive: NodeId; readonly lambdaBar: ParameterId }
  | {
      readonly op: 'feedthrough';
      readonly sum: NodeId;
      readonly u: NodeId;
      readonly d: ParameterId;
    }
  | { readonly op: 'lookup'; readonly x: NodeId; readonly f: LookupFunction }
  | {
      readonly op: 'requantize';
      readonly x: NodeId;
      /** Absent: 1, and no other node reads x. */
      readonly gain?: ParameterId;
      /** Absent: 0, or constant. */
      readonly offset?: ParameterId;
    }
  | { readonly op: 'join'; readonly a: NodeId; readonly b: NodeId }
  | { readonly op: 'gate'; readonly a: NodeId; readonly b: NodeId }
  | { readonly op: 'residual'; readonly a: NodeId; readonly b: NodeId }
  | { readonly op: 'dropout'; readonly x: NodeId }
  | { readonly op: 'reverse'; readonly x: NodeId }
  | { readonly op: 'pool'; readonly x: NodeId; readonly mode: 'mean' | 'first' | 'last' }
  | {
      readonly op: 'batch_norm' | 'layer_norm';
      readonly x: NodeId;
      readonly scale: ParameterId;
      readonly bias: ParameterId;
      /** Added to the variance; above 0. */
      readonly eps: number;
    };

export type Node = Operation & {
  readonly width: number;
  /** True for words that saturate: no gradient passes where one is at its limit. */
  readonly saturates?: true;
};

/** The nodes in an order in which every node follows its sources. Node 0 is the input. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly parameters: readonly GraphParameter[];
}

/** The values that a node reads. */
export function sourcesOf(node: Node): readonly NodeId[] {
  switch (node.op) {
    case 'input':
      return [];
    case 'recurrence':
      return [node.drive];
    case 'feedthrough':
      return [node.sum, node.u];
    case 'gate':
    case 'residual':
    case 'join':
      return [node.a, node.b];
    case 'matvec':
    case 'requantize':
    case 'lookup':
    case 'dropout':
    case 'reverse':
    case 'pool':
    case 'batch_norm':
    case 'layer_norm':
      return [node.x];
  }
}

/** The values that the gradient of node `id` reads. */
export function valuesForGradient(node: Node, id: NodeId): readonly NodeId[] {
  const read = valuesForSlopes(node, id);
  return node.saturates === true ? [id, ...read] : read;
}

function valuesForSlopes(node: Node, id: NodeId): readonly NodeId[] {
  switch (node.op) {
    case 'recurrence':
      return [id];
    case 'feedthrough':
      return [node.u];
    case 'gate':
      return [node.a, node.b];
    case 'requantize':
      return node.gain === undefined ? [] : [node.x];
    case 'matvec':
    case 'batch_norm':
    case 'layer_norm':
      return [node.x];
    case 'input':
    case 'join':
    case 'lookup':
    case 'residual':
    case 'dropout':
    case 'reverse':
    case 'pool':
      return [];
  }
}

/** The parameters that a node reads. */
export function parametersOf(node: Node): readonly ParameterId[] {
  switch (node.op) {
    case 'matvec':
      return node.bias === undefined ? [node.weights] : [node.weights, node.bias];
    case 'recurrence':
      return [node.lambdaBar];
    case 'feedthrough':
      return [node.d];
    case 'requantize':
      return [node.gain, node.offset].filter((id) => id !== undefined);
    case 'batch_norm':
    case 'layer_norm':
      return [node.scale, node.bias];
    case 'input':
    case 'join':
    case 'lookup':
    case 'gate':
    case 'residual':
    case 'dropout':
    case 'reverse':
    case 'pool':
      return [];
  }
}
