/**
 * HOST: whether it pays to ask Temporal, before the outputs of a robot are read, whether its run is over. Where callbacks
 * arrive, most runs are, and reading their outputs would waste a request to Dataverse. Where none arrive, nearly none are, and
 * the question would be one to Temporal's server for each run.
 */

/** How much the last answer counts. */
const WEIGHT = 0.1;
/** With fewer of those asked for over, it is asked seldom. */
const FEW = 0.05;
/** Then for each of so many, so that callbacks that begin to arrive are noticed. */
const ONE_OF = 10;

export class RunsOver {
  /** Of the runs that were asked for, the latest counting most. */
  #share = 1;
  #skipped = 0;

  /** Whether to ask for the next one. Each call is one that ended. */
  isWorthAsking(): boolean {
    if (this.#share >= FEW) return true;
    this.#skipped = (this.#skipped + 1) % ONE_OF;
    return this.#skipped === 0;
  }

  saw(isOver: boolean): void {
    this.#share = (1 - WEIGHT) * this.#share + (isOver ? WEIGHT : 0);
  }
}
