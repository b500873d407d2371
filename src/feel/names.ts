/** HOST: the names that a result expression may use. */

/** What an HTTP connector answers: `body` may be written for `response.body`, and so on. */
export const OF_ANSWERS = ['response', 'body', 'status', 'headers'];

/** A run has a result of its own besides. */
export const OF_RUNS = [...OF_ANSWERS, 'run'];
