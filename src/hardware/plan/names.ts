/** The top module of a design, from its name in the config. */
export function topName(name: string): string {
  return `qs5_${name.replaceAll('-', '_')}`;
}

/** The bench of a top module. */
export function benchName(top: string): string {
  return `${top}_bench`;
}
