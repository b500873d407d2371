package desktopflows;

import io.nexusrpc.Operation;
import io.nexusrpc.Service;
import java.util.Map;

/** The Nexus service of the worker of Power Automate. */
@Service(name = "DesktopFlows")
public interface DesktopFlows {
  @Operation(name = "runDesktopFlow")
  Wire.RunResult runDesktopFlow(Map<String, Object> input);
}
