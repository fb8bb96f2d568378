import { expect, it } from 'vitest';
import { createEmulator } from '../../src/network/emulate/emulator.js';
import { inputNode, nodeById } from '../../src/network/types.js';
import { createProbe } from '../../src/study/sensitivity/probe.js';
import { probeInput } from '../../src/study/sensitivity/input.js';
import { shippedQuantized } from '../shipped.js';

it('the shipped classifier with its quantisers gives the words of the integer network', async () => {
  const quantized = await shippedQuantized('smnist');
  const { network, floatGraph, words, values } = quantized;
  const { integer } = createProbe({ network, graph: floatGraph() })(
    probeInput(inputNode(network), words(0), values(0)),
  );
  const { scale } = nodeById(network, network.output).format;
  const [scores = new Float64Array()] = createEmulator(network).run(words(0));
  expect([...integer]).toEqual([...scores].map((word) => word * (scale[0] ?? 1)));
});
