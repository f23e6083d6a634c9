import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runToEnd } from '../cli/shell.ts'
import { root } from '../docs/pages.ts'
import { temporaryFolder } from '../harness.ts'
import { type Language, programOf } from './languages.ts'

/** A command line, and what is in its environment beside that of the tests. */
export interface Command {
  line: readonly [string, ...string[]]
  env?: Record<string, string>
}

interface Toolchain {
  /** ends with 0 where the runtime and the library are at hand */
  probe: Command
  build?: Command
  run: Command
}

type Recipe = (source: string, folder: string) => Toolchain

/**
 * How the programs are run. Each runtime finds its libraries where it always does, so that its own variables
 * (PYTHONPATH, CLASSPATH, GOPATH, RUBYLIB, PERL5LIB, ERL_LIBS, PHP_INI_SCAN_DIR) choose another version; Debian's packages
 * of Go, Rust and Java libraries are found without.
 */
const recipes: Record<string, readonly Recipe[]> = {
  'verify.js': [(source) => script([process.execPath], ['--version'], source)],
  'verify.py': ['python3', '/usr/bin/python3'].map(
    (python) => (source) => script([python], ['-c', 'import cryptography, jwt'], source),
  ),
  'Verify.java': [java],
  'verify.go': [go],
  'verify.php': [(source) => script(php, ['-r', phpProbe], source)],
  'verify.rb': [(source) => script(['ruby'], ['-e', 'require "jwt"'], source)],
  'verify.rs': [rust],
  'verify.exs': [(source) => script(['elixir'], ['-e', elixirProbe], source)],
  'verify.pl': [(source) => script(['perl'], ['-MCrypt::JWT', '-e', '1'], source)],
}

/** Its standard input is a socket here, from which PHP reads no longer than it waits for any socket. */
const php: [string, ...string[]] = ['php', '-d', 'apc.enable_cli=1', '-d', 'default_socket_timeout=600']

const phpProbe =
  'exit((@include "vendor/autoload.php") && class_exists("Firebase\\\\JWT\\\\JWK") && function_exists("apcu_entry") ? 0 : 1);'

const elixirProbe = '{:ok, _} = Application.ensure_all_started(:jose); :jose.encode(%{})'

function script(runtime: [string, ...string[]], probe: string[], source: string): Toolchain {
  return { probe: { line: [...runtime, ...probe] }, run: { line: [...runtime, source] } }
}

function java(source: string, folder: string): Toolchain {
  const jars = ['jose4j', 'slf4j-api', 'slf4j-nop'].map((name) => `/usr/share/java/${name}.jar`)
  const path = [process.env.CLASSPATH ?? '', ...jars].join(delimiter)
  return {
    probe: { line: ['javap', '-cp', path, 'org.jose4j.jwk.HttpsJwks'] },
    build: { line: ['javac', '-cp', path, '-d', folder, source] },
    run: { line: ['java', '-XX:TieredStopAtLevel=1', '-cp', `${folder}${delimiter}${path}`, 'Verify'] },
  }
}

function go(source: string, folder: string): Toolchain {
  const path = [folder, process.env.GOPATH ?? '', '/usr/share/gocode'].filter((one) => one !== '')
  const env = { GO111MODULE: 'off', GOPATH: path.join(delimiter) }
  const program = join(folder, 'verify')
  return {
    probe: { line: ['go', 'list', 'github.com/golang-jwt/jwt/v5'], env },
    build: { line: ['go', 'build', '-o', program, source], env },
    run: { line: [program] },
  }
}

/** Its crates come from the folder in which Debian has them; nothing is fetched. */
function rust(source: string, folder: string): Toolchain {
  const manifest = join(folder, 'Cargo.toml')
  writeFileSync(manifest, cargoToml(source))
  const offline = ['--offline', '--manifest-path', manifest]
  const crates = [
    ...['--config', 'source.crates-io.replace-with="debian"'],
    ...['--config', 'source.debian.directory="/usr/share/cargo/registry"'],
  ]
  return {
    probe: { line: ['cargo', 'metadata', '--format-version=1', ...offline, ...crates] },
    build: { line: ['cargo', 'build', ...offline, ...crates], env: { CARGO_PROFILE_DEV_DEBUG: '0' } },
    run: { line: [join(folder, 'target/debug/verify')] },
  }
}

function cargoToml(source: string): string {
  return `[package]
name = "verify"
version = "0.0.0"
edition = "2021"
[[bin]]
name = "verify"
path = ${JSON.stringify(source)}
[dependencies]
jsonwebtoken = { version = "*", default-features = false }
serde = { version = "1", features = ["derive"] }
ureq = { version = "2", default-features = false, features = ["json"] }
`
}

/** Whether its program is built before it is run, which takes seconds. */
export function isCompiled({ file }: Language): boolean {
  return ['Verify.java', 'verify.go', 'verify.rs'].includes(file)
}

/**
 * Makes the program ready to run.
 * @returns its command, or nothing where the runtime or the library is not at hand
 * @throws Error with what the compiler said
 */
export async function prepare(language: Language): Promise<Command | undefined> {
  for (const recipe of recipes[language.file] ?? []) {
    const { probe, build, run } = recipe(programOf(language), temporaryFolder())
    if ((await outcomeOf(probe)) !== undefined) continue
    const fault = build && (await outcomeOf(build))
    if (fault !== undefined) throw new Error(fault)
    return run
  }
  return undefined
}

/** Nothing where it ended with 0, otherwise what it said. */
async function outcomeOf({ line: [command, ...args], env }: Command): Promise<string | undefined> {
  try {
    const place = { cwd: root, env: { ...environment(), ...env } }
    const { status, stdout, stderr } = await runToEnd(command, args, place)
    return status === 0 ? undefined : `${stdout}${stderr}`
  } catch (thrown) {
    return String(thrown)
  }
}

/** That of the tests, so that runtimes find what they usually find. */
export function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
