/** A small config that is valid, ending with a newline. */
export const SMALL = `name: small
model:
  init: { layers: 2, features: 8, state_size: 4, inputs: 1, outputs: 2 }
scope: { ssm_core: 0 }
data:
  synthetic: { length: 16 }
calibration: { sequences: 4, method: abs_max }
precision:
  a: 8
  b: 8
  c: 8
  d: 8
  non_ssm: 8
  ssm_act: 8
  non_ssm_act: 8
  state: 16
  residual: 16
lambda_form: direct
device: xc7a35t
`;
