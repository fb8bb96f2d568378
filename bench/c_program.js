// @ts-check
/**
 * The integer network as a plain C program: one step after the other, one loop per node, integers
 * of the size that the proved bounds require. Compiled by `gcc -O3 -march=native`, it is the
 * reference for the speed of the fast emulator.
 */
import { at } from '#qs5/base/at.js';
import { lambdaProductRange, rescaleWidth } from '#qs5/network/bounds.js';
import { inputNode, lambdaAsIntegers, nodeById } from '#qs5/network/types.js';
import { maxMagnitude, signedWidth } from '#qs5/base/fixed/range.js';

/** @import { IntegerNetwork, Node } from '#qs5/network/types.js' */

/**
 * Smallest C integer with at least this number of bits.
 *
 * @param {number} bits
 */
const typeFor = (bits) => (bits <= 16 ? 'int16_t' : bits <= 32 ? 'int32_t' : 'int64_t');
/** @param {Node} node */
const typeOf = (node) => typeFor(signedWidth(node.range));

/**
 * @param {string} type
 * @param {string} name
 * @param {ArrayLike<number> & Iterable<number>} values
 */
const array = (type, name, values) =>
  `static const ${type} ${name}[${values.length}] = {${[...values].join(',')}};\n`;

const HEAD = `#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline int64_t round_half_up(int64_t v, int s) { return s == 0 ? v : (v + (1LL << (s - 1))) >> s; }
static inline int64_t round_half_even(int64_t v, int s) {
  if (s == 0) return v;
  int64_t f = v >> s, rest = v & ((1LL << s) - 1), half = 1LL << (s - 1);
  return f + (rest > half || (rest == half && (f & 1)));
}
static inline int64_t round_toward_zero(int64_t v, int s) { return (v + ((v >> 63) & ((1LL << s) - 1))) >> s; }
static inline int64_t clip(int64_t v, int64_t max) { return v > max ? max : v < -max ? -max : v; }
`;

/**
 * C source of a network that pools. The program reads a file of sequences, runs them `rounds` times,
 * prints seconds, and writes the outputs of the last round as int32.
 *
 * Arguments of the program: input file (int16), sequences, steps per sequence, rounds, output file.
 *
 * @param {IntegerNetwork} network
 */
export function cProgram(network) {
  const pool = network.nodes.findIndex((node) => node.op === 'pool');
  const pooled = network.nodes[pool];
  if (pooled === undefined) throw new Error(`${network.name} has no pool`);
  const each = network.nodes.slice(0, pool + 1);
  const once = network.nodes.slice(pool + 1);
  const input = inputNode(network);
  const output = nodeById(network, network.output);
  const declarations = network.nodes.map((node) => declare(network, node)).join('');
  /** @param {readonly Node[]} nodes */
  const body = (nodes) => nodes.map((node) => `  ${statement(node)}\n`).join('');
  return `${HEAD}${declarations}
static void step(const int16_t *in, int first) {
  for (int i = 0; i < ${input.length}; i++) v_input[i] = in[i];
${body(each.filter((node) => node.op !== 'input'))}}

static void finish(int64_t steps) {
  for (int i = 0; i < ${pooled.length}; i++) {
    int64_t s = sum[i], f = s / steps - (s % steps < 0), rest = s - f * steps;
    v_pool[i] = f + (2 * rest > steps || (2 * rest == steps && (f & 1)));
  }
${body(once)}}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  int count = atoi(argv[2]), length = atoi(argv[3]), rounds = atoi(argv[4]);
  size_t size = (size_t)count * length * ${input.length};
  int16_t *words = malloc(size * sizeof *words);
  int32_t *results = malloc((size_t)count * ${output.length} * sizeof *results);
  FILE *file = fopen(argv[1], "rb");
  if (!file || fread(words, sizeof *words, size, file) != size) return 3;
  fclose(file);
  struct timespec a, b;
  clock_gettime(CLOCK_MONOTONIC, &a);
  for (int r = 0; r < rounds; r++)
    for (int i = 0; i < count; i++) {
      memset(sum, 0, sizeof sum);
      for (int k = 0; k < length; k++) step(words + ((size_t)i * length + k) * ${input.length}, k == 0);
      finish(length);
      for (int h = 0; h < ${output.length}; h++) results[i * ${output.length} + h] = v_${output.id}[h];
    }
  clock_gettime(CLOCK_MONOTONIC, &b);
  printf("%.9f\\n", (b.tv_sec - a.tv_sec) + 1e-9 * (b.tv_nsec - a.tv_nsec));
  file = fopen(argv[5], "wb");
  if (!file || fwrite(results, sizeof *results, (size_t)count * ${output.length}, file) == 0) return 4;
  return fclose(file);
}
`;
}

/**
 * The vector of a node, and its constants.
 *
 * @param {IntegerNetwork} network
 * @param {Node} node
 */
function declare(network, node) {
  const { id, length } = node;
  const vector = `static ${typeOf(node)} v_${id}[${length}] __attribute__((aligned(64)));\n`;
  switch (node.op) {
    case 'matvec':
      return vector + array(typeFor(node.weightWidth), `w_${id}`, node.weights);
    case 'requantize': {
      /** @param {ArrayLike<number>} values */
      const each = (values) =>
        Array.from({ length }, (_, h) => at(values, values.length === 1 ? 0 : h));
      const bits = rescaleWidth(nodeById(network, node.source).range, node.multiplier, node.offset);
      return (
        vector +
        array(typeFor(bits), `m_${id}`, each(node.multiplier)) +
        array(typeFor(bits), `o_${id}`, each(node.offset))
      );
    }
    case 'recurrence': {
      const { re, im } = lambdaAsIntegers(node.lambda);
      const type = typeFor(signedWidth(lambdaProductRange(node.lambda, node.range)));
      return vector + array(type, `re_${id}`, re) + array(type, `im_${id}`, im);
    }
    case 'feedthrough':
      return vector + array(typeOf(node), `d_${id}`, node.weights);
    case 'lookup':
      return vector + array(typeOf(node), `t_${id}`, node.table);
    case 'pool':
      return `${vector}static int64_t sum[${length}];\n`;
    default:
      return vector;
  }
}

/**
 * The work of a node in a step.
 *
 * @param {Node} node
 */
function statement(node) {
  const { id, length } = node;
  if (node.op === 'input') throw new Error('the input has no statement');
  const x = `v_${node.source}`;
  /** @param {string} text */
  const loop = (text) => `for (int h = 0; h < ${length}; h++) { ${text} }`;
  const max = maxMagnitude(node.format.width);
  switch (node.op) {
    case 'matvec':
      return loop(
        `${typeOf(node)} a = 0; for (int n = 0; n < ${node.cols}; n++) ` +
          `a += (${typeOf(node)})w_${id}[h * ${node.cols} + n] * ${x}[n]; v_${id}[h] = a;`,
      );
    case 'requantize':
      return loop(
        `v_${id}[h] = clip(round_${node.rounding}((int64_t)${x}[h] * m_${id}[h] + o_${id}[h], ${node.shift}), ${max});`,
      );
    case 'recurrence': {
      const round = `round_${node.rounding}`;
      return (
        `if (first) memset(v_${id}, 0, sizeof v_${id}); ` +
        `for (int p = 0; p < ${length / 2}; p++) { int64_t a = v_${id}[2 * p], b = v_${id}[2 * p + 1], c = re_${id}[p], s = im_${id}[p]; ` +
        `v_${id}[2 * p] = clip(${round}(c * a - s * b, ${node.lambda.frac}) + ${x}[2 * p], ${max}); ` +
        `v_${id}[2 * p + 1] = clip(${round}(s * a + c * b, ${node.lambda.frac}) + ${x}[2 * p + 1], ${max}); }`
      );
    }
    case 'feedthrough':
      return loop(
        `v_${id}[h] = ${x}[h] * ${2 ** node.sumShift} + d_${id}[h] * v_${node.input}[h] * ${2 ** node.productShift};`,
      );
    case 'lookup':
      return loop(`v_${id}[h] = t_${id}[${x}[h] & ${node.table.length - 1}];`);
    case 'gate':
      return loop(`v_${id}[h] = v_${node.input}[h] * ${x}[h];`);
    case 'residual':
      return loop(`v_${id}[h] = clip((int64_t)v_${node.input}[h] + ${x}[h], ${max});`);
    case 'pool':
      if (node.mode === 'mean' && node.rounding === 'half_even') return loop(`sum[h] += ${x}[h];`);
      break;
    default:
  }
  throw new Error(`${node.op} is not in the C program`);
}
