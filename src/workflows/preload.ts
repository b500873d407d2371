/**
 * SANDBOX: the modules that all workflows of a worker share, instead of loading them again for each: `preloadModules` of
 * the bundle. Only modules without state may be here: those of `common/`, with zod behind them, which cost more time and
 * memory than the rest of a run.
 */
import '../common/backoff';
import '../common/batch';
import '../common/batch-result';
import '../common/error-codes';
import '../common/failure-details';
import '../common/failure-types';
import '../common/flow-session';
import '../common/input';
import '../common/message-of';
import '../common/messages';
import '../common/start-priority';
import '../common/status';
import '../common/watch';
import '../common/watched-robots';
