import { beforeAll, describe, expect, it } from 'vitest';
import { NETWORK } from '../../src/float/checkpoint/file_kind.js';
import { readSafetensors } from '../../src/float/checkpoint/safetensors.js';
import { writeSafetensors } from '../../src/float/checkpoint/write_safetensors.js';
import { loadConfig } from '../../src/config/load.js';
import { quantizeModel } from '../../src/design/build.js';
import { networkProblem } from '../../src/network/check.js';
import { decodeNetwork, encodeNetwork, type NetworkFile } from '../../src/network/file.js';
import { nodeById, type IntegerNetwork, type Node } from '../../src/network/types.js';
import { caught } from '../checkpoint/caught.js';

const PROVENANCE = { qs5: '1.2.3', config: 'name: x\n', checkpoint: 'abc' };
const CONFIGS = ['smnist', 'smnist-ssm', 'tiny', 'listops', 'dynamics'];
let tiny: IntegerNetwork;

beforeAll(async () => {
  tiny = (await quantizeModel(await loadConfig('configs/tiny.yaml'))).network;
});

const decode = (bytes: Uint8Array): string => caught(() => decodeNetwork(bytes, 'net'));

/** The file with other metadata, or other tensors. */
function changed(
  file: NetworkFile,
  metadata: (found: Record<string, string>) => Record<string, string>,
  drop = '',
): Uint8Array {
  const found = readSafetensors(encodeNetwork(file), 'net', NETWORK);
  const tensors = [...found.tensors.values()].filter(({ name }) => name !== drop);
  return writeSafetensors(tensors, metadata({ ...found.metadata }), 'F64');
}

const without = (map: Record<string, string>, key: string) =>
  Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));

describe('a network file', () => {
  it.each(CONFIGS)('gives back the network of configs/%s.yaml', async (name) => {
    const { network } = await quantizeModel(await loadConfig(`configs/${name}.yaml`));
    const file = { network, provenance: PROVENANCE };
    const bytes = encodeNetwork(file);
    expect(decodeNetwork(bytes, 'net')).toEqual(file);
    expect(encodeNetwork(decodeNetwork(bytes, 'net'))).toEqual(bytes);
    expect(networkProblem(network)).toBeUndefined();
  });

  it('has the role, the layer and the provable tensor of each node', () => {
    const bytes = encodeNetwork({ network: tiny, provenance: PROVENANCE });
    const { network } = decodeNetwork(bytes, 'net');
    const named = ({ id, role, layer, tensor }: Node) => [id, role, layer, tensor];
    expect(network.nodes.map(named)).toEqual(tiny.nodes.map(named));
    expect(named(nodeById(network, 'l0_bu'))).toEqual(['l0_bu', 'bu', 0, 'states']);
    expect(named(nodeById(network, 'l0_c'))).toEqual(['l0_c', 'c', 0, undefined]);
    expect(named(nodeById(network, 'encoder'))).toEqual([
      'encoder',
      'encoder',
      undefined,
      undefined,
    ]);
  });

  it('must be whole and unchanged', () => {
    const file = { network: tiny, provenance: PROVENANCE };
    const bytes = encodeNetwork(file);
    expect(decode(bytes.subarray(0, bytes.length - 3))).toMatch(/E_NETWORK/);
    expect(decode(changed(file, () => ({})))).toMatch(
      /^net {2}E_NETWORK\n {2}The file holds no integer network\./,
    );
    expect(decode(changed(file, (m) => ({ ...m, version: '9' })))).toMatch(
      /of version 9; .* reads 2/,
    );
    expect(decode(changed(file, (m) => ({ ...m, version: '1' })))).toMatch(
      /The file is of version 1; this qs5 reads 2\.\n {2}hint: write the file again/,
    );
    expect(decode(changed(file, (m) => without(m, 'qs5')))).toMatch(/metadata are missing/);
    expect(decode(changed(file, (m) => ({ ...m, network: '{' })))).toMatch(/malformed at its root/);
    expect(decode(changed(file, (m) => m, 'l0_b.weights'))).toMatch(
      /tensor l0_b\.weights is missing/,
    );
    expect(decode(changed(file, (m) => ({ ...m, config: 'name: y\n' })))).toMatch(/was changed/);
    // One weight by one: still a network, but for its bounds or its digest.
    const last = bytes.slice();
    last[last.length - 8] = (last.at(-8) ?? 0) ^ 1;
    expect(decode(last)).toMatch(/E_NETWORK/);
  });
});

describe('a network', () => {
  const replaced = (id: string, change: Partial<Node>): IntegerNetwork => ({
    ...tiny,
    nodes: tiny.nodes.map((node) => (node.id === id ? ({ ...node, ...change } as Node) : node)),
  });

  it('is checked for order, sizes and bounds', () => {
    expect(networkProblem({ ...tiny, output: 'nowhere' })).toMatch(/output nowhere is not there/);
    expect(networkProblem({ ...tiny, nodes: [...tiny.nodes, ...tiny.nodes] })).toMatch(/two nodes/);
    expect(networkProblem({ ...tiny, nodes: tiny.nodes.slice(1) })).toMatch(
      /which is not before it/,
    );
    expect(networkProblem(replaced('l0_b', { weights: new Int32Array(3) }))).toMatch(
      /l0_b: weights has 3 elements/,
    );
    const b = tiny.nodes.find(({ id }) => id === 'l0_b');
    if (b?.op !== 'matvec') throw new Error('no B');
    expect(networkProblem(replaced('l0_b', { weights: b.weights.map(() => 1000) }))).toMatch(
      /l0_b: weights leaves its width/,
    );
    expect(networkProblem(replaced('l0_b', { weights: b.weights.map(() => 1) }))).toMatch(
      /range is not that of its sums/,
    );
    expect(networkProblem(replaced('l0_b', { cols: 2 }))).toMatch(/l0_b: its source has/);
    expect(networkProblem(replaced('l0_gelu', { table: new Int32Array(2) }))).toMatch(
      /l0_gelu: table has 2 elements/,
    );
    expect(networkProblem(replaced('l0_y', { offset: [1, 2] }))).toMatch(/l0_y: offset has 2/);
  });
});

describe('nesting without end in a network file', () => {
  const map = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const list = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const head = '"name": "a", "output": "b", "maxLength": 4';
  it.each([
    ['a map', map],
    ['nodes', `{${head}, "nodes": ${list}}`],
    ['a node', `{${head}, "nodes": [${map}]}`],
  ])('is an error of the file: %s', (_name, network) => {
    const metadata = { format: 'qs5 integer network', version: '2', network };
    const all = { ...metadata, qs5: '0', config: '', checkpoint: '' };
    expect(() =>
      decodeNetwork(
        writeSafetensors([], all, () => 'F64'),
        'net',
      ),
    ).toThrow(expect.objectContaining({ code: 'E_NETWORK' }) as Error);
  });
});
