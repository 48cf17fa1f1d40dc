/** Counts running turns, so that stopping can wait for the last one. */

/** How many turns run. */
export interface TurnCount {
  begin(): void;
  end(): void;
  /** Resolves when none runs. */
  none(): Promise<void>;
}

/** Makes the count of one machine. */
export function turnCount(): TurnCount {
  let running = 0;
  let waiting: (() => void)[] = [];
  return {
    begin() {
      running++;
    },
    end() {
      running--;
      if (running > 0 || waiting.length === 0) return;
      for (const tell of waiting) tell();
      waiting = [];
    },
    none: () =>
      running === 0 ? Promise.resolve() : new Promise((tell) => void waiting.push(tell)),
  };
}
