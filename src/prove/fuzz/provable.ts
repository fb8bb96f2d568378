import { PROVABLE_TENSORS, type ProvableTensor } from '../../network/types.js';
import type { FuzzConfig } from './fuzz_case.js';

/** The tensors of a network, or of the core of a layer, whose range may be a bound. */
export function provableTensors(
  scope: FuzzConfig['scope'],
  { activation }: FuzzConfig['model']['init'],
): readonly ProvableTensor[] {
  const absent = new Set<ProvableTensor>();
  if (scope !== 'network') absent.add('output');
  if (scope !== 'network' || activation === 'gelu') absent.add('gate');
  if (scope !== 'network' || activation !== 'full_glu') absent.add('value');
  return PROVABLE_TENSORS.filter((tensor) => !absent.has(tensor));
}
