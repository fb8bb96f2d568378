import type { Beat, StepTag } from '../blocks/block.js';

/** A time step that is ready to start. */
export interface Step {
  readonly tag: StepTag;
  /** Place in the stimulus: that of the input from which it was made. */
  readonly sequence: number;
  readonly step: number;
  /** Beats that enter the segment: of the input edge, or of each store of a replay, by block. */
  readonly beats: ReadonlyMap<string, readonly Beat[]>;
}
