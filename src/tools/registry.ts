/** The external programs, and all that qs5 knows about them. */

export const SYSTEMS = ['debian', 'fedora', 'macos'] as const;
export type System = (typeof SYSTEMS)[number];

export interface Tool {
  /** Program name on PATH. */
  readonly name: string;
  /** Environment variable that names another file to run. */
  readonly override: string;
  readonly needed: boolean;
  readonly purpose: string;
  readonly versionArgs: readonly string[];
  /** Finds the version in what the program prints; group 1 is the number. */
  readonly versionPattern: RegExp;
  /** Oldest version that works, where that is known. */
  readonly minimum?: string;
  /** Shell command that installs it. */
  readonly install: Readonly<Record<System, string>>;
}

const packages = (debian: string, fedora: string, macos: string) => ({
  debian: `sudo apt-get install -y ${debian}`,
  fedora: `sudo dnf install -y ${fedora}`,
  macos: macos.startsWith('xcode') ? macos : `brew install ${macos}`,
});

const NEXTPNR_VERSION = /Version (?:nextpnr-)?(\d+(?:\.\d+)*)/m;

/** Few systems have packages of these. */
const OSS_CAD_SUITE: Tool['install'] = {
  debian: 'https://github.com/YosysHQ/oss-cad-suite-build, its bin folder on PATH',
  fedora: 'sudo dnf install -y nextpnr',
  macos: 'https://github.com/YosysHQ/oss-cad-suite-build, its bin folder on PATH',
};

export const TOOLS = {
  verilator: {
    name: 'verilator',
    override: 'QS5_VERILATOR',
    needed: true,
    purpose: 'lint and fast simulation',
    versionArgs: ['--version'],
    versionPattern: /^Verilator (\d+\.\d+)/m,
    minimum: '5.006',
    install: packages('verilator', 'verilator', 'verilator'),
  },
  iverilog: {
    name: 'iverilog',
    override: 'QS5_IVERILOG',
    needed: true,
    purpose: 'the second simulator: compiler',
    versionArgs: ['-V'],
    versionPattern: /^Icarus Verilog version (\d+(?:\.\d+)*)/m,
    minimum: '11.0',
    install: packages('iverilog', 'iverilog', 'icarus-verilog'),
  },
  vvp: {
    name: 'vvp',
    override: 'QS5_VVP',
    needed: true,
    purpose: 'the second simulator: runtime',
    versionArgs: ['-V'],
    versionPattern: /^Icarus Verilog runtime version (\d+(?:\.\d+)*)/m,
    minimum: '11.0',
    install: packages('iverilog', 'iverilog', 'icarus-verilog'),
  },
  make: {
    name: 'make',
    override: 'QS5_MAKE',
    needed: true,
    purpose: 'builds what Verilator writes',
    versionArgs: ['--version'],
    versionPattern: /^GNU Make (\d+(?:\.\d+)*)/m,
    install: packages('make', 'make', 'xcode-select --install'),
  },
  'g++': {
    name: 'g++',
    override: 'QS5_GXX',
    needed: true,
    purpose: 'builds what Verilator writes',
    versionArgs: ['--version'],
    versionPattern: /(?:^\S*g\+\+\S* \([^)]*\)|clang version) (\d+(?:\.\d+)*)/m,
    install: packages('g++', 'gcc-c++', 'xcode-select --install'),
  },
  yosys: {
    name: 'yosys',
    override: 'QS5_YOSYS',
    needed: false,
    purpose: 'synthesis: measured resources',
    versionArgs: ['-V'],
    versionPattern: /^Yosys (\d+(?:\.\d+)*)/m,
    install: packages('yosys', 'yosys', 'yosys'),
  },
  'nextpnr-ice40': {
    name: 'nextpnr-ice40',
    override: 'QS5_NEXTPNR_ICE40',
    needed: false,
    purpose: 'place and route for iCE40: measured clock',
    versionArgs: ['--version'],
    versionPattern: NEXTPNR_VERSION,
    install: {
      ...packages('nextpnr-ice40', 'nextpnr', ''),
      macos: 'brew tap ktemkin/oss-fpga && brew install --HEAD nextpnr-ice40',
    },
  },
  'nextpnr-ecp5': {
    name: 'nextpnr-ecp5',
    override: 'QS5_NEXTPNR_ECP5',
    needed: false,
    purpose: 'place and route for ECP5: measured clock',
    versionArgs: ['--version'],
    versionPattern: NEXTPNR_VERSION,
    install: OSS_CAD_SUITE,
  },
  'nextpnr-himbaechel': {
    name: 'nextpnr-himbaechel',
    override: 'QS5_NEXTPNR_HIMBAECHEL',
    needed: false,
    purpose: 'place and route for Gowin: measured clock',
    versionArgs: ['--version'],
    versionPattern: NEXTPNR_VERSION,
    install: OSS_CAD_SUITE,
  },
  npm: {
    name: 'npm',
    override: 'QS5_NPM',
    needed: false,
    purpose: 'the digits of data: { mnist: ... }',
    versionArgs: ['--version'],
    versionPattern: /^(\d+\.\d+\.\d+)/m,
    install: packages('npm', 'nodejs-npm', 'node'),
  },
} as const satisfies Readonly<Record<string, Tool>>;

export type ToolName = keyof typeof TOOLS;

/** Every name, needed ones first. */
export const TOOL_NAMES: readonly ToolName[] = [
  'verilator',
  'iverilog',
  'vvp',
  'make',
  'g++',
  'yosys',
  'nextpnr-ice40',
  'nextpnr-ecp5',
  'nextpnr-himbaechel',
  'npm',
];

export function toolInfo(name: ToolName): Tool {
  return TOOLS[name];
}

const SYSTEM_NAMES: Readonly<Record<System, string>> = {
  debian: 'Debian/Ubuntu',
  fedora: 'Fedora',
  macos: 'macOS',
};

/** How to install a tool, one line per system. */
export function installHint(name: ToolName): string {
  const { install, override } = toolInfo(name);
  const lines = SYSTEMS.map((system) => `${SYSTEM_NAMES[system]}: ${install[system]}`);
  return ['install it, or name its file in ' + override + '.', ...lines].join('\n    ');
}
