/** An operation that a system did not accept, where that shows only when it is asked: it is left out on both sides. */
import { EnvironmentError } from './environment-error.ts';

/** Who cannot leave it out any more ends with this line. */
export class LeftOut extends EnvironmentError {
  constructor() {
    super('the module does not accept an operation here: with --in-process it is asked beforehand');
  }
}
