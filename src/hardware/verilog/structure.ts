import { at } from '../../base/at.js';
/** Generated Verilog is structure only: parameters, wires, named instances, slices. */

export interface ModulePort {
  readonly name: string;
  readonly direction: 'input' | 'output';
  /** Bits. */
  readonly width: number;
  /** Comment above the ports that share it. */
  readonly group?: string;
}

/** A constant of a module, which names a number. */
export interface Constant {
  readonly name: string;
  readonly value: number;
}

export interface Wire {
  readonly name: string;
  readonly width: number;
}

/** A parameter that a module passes on to its instances; its default is a text. */
export interface ModuleParameter {
  readonly name: string;
  readonly value: string;
  /** Meaning, for a reader. */
  readonly comment: string;
}

/** The value of a parameter: a number, a text, or an expression as it is written. */
export type ParameterValue = number | string | { readonly expression: string };

export interface Instance {
  readonly module: string;
  readonly name: string;
  readonly comment: string;
  /** Wires that no instance before names. */
  readonly wires?: readonly Wire[];
  readonly parameters: readonly { readonly name: string; readonly value: ParameterValue }[];
  /** Port to expression: a wire, a slice of one, or wires and zeros side by side. */
  readonly connections: readonly { readonly port: string; readonly expression: string }[];
}

export interface Module {
  readonly name: string;
  /** Lines of the header comment. */
  readonly header: readonly string[];
  readonly parameters?: readonly ModuleParameter[];
  readonly ports: readonly ModulePort[];
  readonly constants?: readonly Constant[];
  /** A comment and the wires under it. */
  readonly wires: readonly { readonly comment: string; readonly wires: readonly Wire[] }[];
  readonly instances: readonly Instance[];
}

/** The lowest bits of a wire. */
export function lowBits(wire: string, bits: number, of: number): string {
  if (bits === of) return wire;
  return bits === 1 ? `${wire}[0]` : `${wire}[${bits - 1}:0]`;
}

/** A wire with zeros above it, highest first, to be put side by side. */
export function padded(wire: string, bits: number, to: number): string[] {
  return bits === to ? [wire] : [`${to - bits}'d0`, wire];
}

/** Wires and zeros side by side, highest first. */
export function concatenation(parts: readonly string[]): string {
  return parts.length === 1 ? parts.join('') : `{${parts.join(', ')}}`;
}

/** The text of a module. */
export function printModule(module: Module): string {
  const lines = [
    ...module.header.map((line) => (line === '' ? '//' : `// ${line}`)),
    '`default_nettype none',
    '',
    ...printHead(module.name, module.parameters ?? []),
    ...printPorts(module.ports),
    ');',
    ...printConstants(module.constants ?? []),
  ];
  for (const { comment, wires } of module.wires) {
    lines.push(`  // ${comment}`, ...printWires(wires));
  }
  for (const instance of module.instances) lines.push('', ...printInstance(instance));
  lines.push('endmodule', '', '`default_nettype wire', '');
  return lines.join('\n');
}

function printPorts(ports: readonly ModulePort[]): string[] {
  const rows = columns(
    ports.map((p) => [`    ${p.direction}`, 'wire', range(p.width), p.name]),
    ',',
  );
  return rows.split('\n').flatMap((row, i) => {
    const group = ports[i]?.group;
    return group === undefined || group === ports[i - 1]?.group ? [row] : [`    // ${group}`, row];
  });
}

function printConstants(constants: readonly Constant[]): string[] {
  const width = Math.max(0, ...constants.map(({ name }) => name.length));
  return constants.map(({ name, value }) => `  localparam ${name.padEnd(width)} = ${value};`);
}

function printWires(wires: readonly Wire[]): string[] {
  if (wires.length === 0) return [];
  const rows = wires.map((w) => ['  wire', range(w.width), w.name]);
  return [columns(rows, ';', ';')];
}

function printHead(name: string, parameters: readonly ModuleParameter[]): string[] {
  if (parameters.length === 0) return [`module ${name} (`];
  const lines = parameters.map(
    (p, i) =>
      `    parameter ${p.name} = "${p.value}"${i < parameters.length - 1 ? ',' : ''}  // ${p.comment}`,
  );
  return [`module ${name} #(`, ...lines, ') ('];
}

function printValue(value: ParameterValue): string {
  if (typeof value === 'object') return value.expression;
  return typeof value === 'string' ? `"${value}"` : String(value);
}

function printInstance(instance: Instance): string[] {
  const { module, name, comment, wires = [], parameters, connections } = instance;
  const head =
    parameters.length === 0
      ? [`  ${module} ${name} (`]
      : [
          `  ${module} #(`,
          named(parameters.map((p) => [p.name, printValue(p.value)])),
          `  ) ${name} (`,
        ];
  return [
    `  // ${comment}`,
    ...printWires(wires),
    ...head,
    named(connections.map((c) => [c.port, c.expression])),
    '  );',
  ];
}

/** `.name(expression)` lines, names padded to one width. */
function named(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `      .${name.padEnd(width)}(${value})`).join(',\n');
}

function range(width: number): string {
  return width === 1 ? '' : `[${width - 1}:0]`;
}

/** Rows with aligned columns. */
function columns(rows: readonly (readonly string[])[], between: string, last = ''): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  }
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(at(widths, i)))
      .filter((_, i) => at(widths, i) > 0)
      .join(' ')
      .trimEnd(),
  );
  return lines.map((line, i) => line + (i === lines.length - 1 ? last : between)).join('\n');
}
