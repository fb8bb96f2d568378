/** Facts of qs5_step_pacer, which paces the steps of a segment in qs5_axis_in and qs5_replay_control. */

/** Least INTERVAL. */
export const SHORTEST_PACE = 3;

/** Cycles from the room for a step that waits to its start. */
export const START_LATENCY = 1;
