/** What package.json says of dependencies. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  /** Packages whose install scripts may run. */
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

/** One package of package-lock.json. */
export interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
}

export interface Lock {
  /** By path; '' is the project itself. */
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

const exactVersion = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/** Licences under which what we ship may be used without more than a notice. */
const licences = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  '(MIT OR GPL-3.0-or-later)',
]);

/**
 * Tools that build what we ship and are in none of it, with the licence that they have. MPL-2.0 holds for changes to its own
 * files (section 3.2), of which there are none.
 */
const buildTools: readonly { readonly name: RegExp; readonly licence: string }[] = [
  // Vite's, for style sheets.
  { name: /^lightningcss(-[a-z0-9-]+)?$/, licence: 'MPL-2.0' },
];

/** What about the dependencies is not as it has to be, one line each; empty when all is. */
export function lockProblems(manifest: Manifest, { packages }: Lock): string[] {
  const declared = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  const loose = declared.filter(([, version]) => !exactVersion.test(version));
  return [
    ...loose.map(([name, version]) => `package.json: ${name} is ${version}; give one exact version`),
    ...Object.entries(packages)
      .filter(([path]) => path !== '')
      .flatMap(([path, locked]) =>
        packageProblems(path, locked, manifest).map((problem) => `package-lock.json: ${path} ${problem}`),
      ),
  ];
}

function packageProblems(path: string, locked: LockedPackage, { allowScripts = {} }: Manifest): string[] {
  const problems: string[] = [];
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  if (locked.resolved !== undefined) problems.push('names an address; it would be fetched from there alone');
  if (!locked.inBundle && !locked.integrity?.startsWith('sha512-'))
    problems.push('has no SHA-512: what is fetched could be anything');
  if (locked.hasInstallScript && allowScripts[name] !== true)
    problems.push('has an install script that allowScripts does not name');
  const isTool = buildTools.some((tool) => tool.name.test(name) && tool.licence === locked.license);
  if (!locked.dev && !isTool && !licences.has(locked.license ?? ''))
    problems.push(`is under the licence ${locked.license ?? 'of nobody'}; allowed are ${[...licences].join(', ')}`);
  return problems;
}
