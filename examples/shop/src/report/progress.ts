import cliProgress from "cli-progress"
import pc from "picocolors"
import type { IntervalFigures } from "../load/driver-messages.ts"
import { milliseconds, whole } from "./text.ts"

/** What happens at the moment, on stderr. */
export interface Progress {
  /** One finished step, or a remark. */
  say(line: string): void
  /** A phase with a bar, or on a file with a line at its beginning and its end. */
  phase(title: string, length: PhaseLength): PhaseProgress
}

export interface PhaseLength {
  /** Of the load that is counted. */
  readonly seconds: number
  /** Of the load before. */
  readonly warmUpSeconds: number
}

export interface PhaseProgress {
  update(atSeconds: number, figures: IntervalFigures): void
  note(line: string): void
  end(): void
}

/** Progress on a terminal, where bars move, or on a file, where a phase is two lines. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  const say = (line: string): void => void stream.write(`${line}\n`)
  return {
    say,
    phase: (title, length) => (stream.isTTY ? bar(stream, title, length) : lines(say, title, length)),
  }
}

function bar(stream: NodeJS.WriteStream, title: string, { seconds, warmUpSeconds }: PhaseLength): PhaseProgress {
  const multi = new cliProgress.MultiBar(
    {
      stream,
      format: `  ${pc.bold(title.padEnd(28))} ${pc.cyan("{bar}")} {at}/${seconds} s  {figures}`,
      barsize: 24,
      hideCursor: true,
      clearOnComplete: false,
    },
    cliProgress.Presets.shades_classic,
  )
  const single = multi.create(seconds, 0, {
    at: "0",
    figures: warmUpSeconds === 0 ? "" : `${warmUpSeconds} s of warm-up`,
  })
  return {
    update(atSeconds, figures) {
      const at = Math.min(atSeconds, seconds)
      single.update(at, { at: at.toFixed(0), figures: describe(figures) })
    },
    note: (line) => multi.log(`  ${pc.yellow(line)}\n`),
    end: () => {
      single.update(seconds)
      multi.stop()
    },
  }
}

function lines(say: (line: string) => void, title: string, { seconds, warmUpSeconds }: PhaseLength): PhaseProgress {
  let last = ""
  say(`  ${title}: ${warmUpSeconds === 0 ? "" : `${warmUpSeconds} s of warm-up, then `}${seconds} s`)
  return {
    update: (_atSeconds, figures) => void (last = describe(figures)),
    note: (line) => say(`  ${title}: ${line}`),
    end: () => say(`  ${title}: done${last === "" ? "" : `, at last ${last}`}`),
  }
}

function describe({ requests, elapsedMs, latency, errors }: IntervalFigures): string {
  const rate = `${whole((requests * 1000) / elapsedMs)} requests/s`
  return `${rate}, p99 ${milliseconds(latency.p99Ms)}${errors === 0 ? "" : `, ${whole(errors)} errors`}`
}
