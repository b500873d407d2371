package desktopflows;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.client.WorkflowClient;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.IOException;
import java.util.Map;

/** A service in Java that runs Microsoft Power Automate desktop flows through Temporal. */
public final class Main {
  private static final String USAGE =
      "usage: Main run|cancel|schedule ID|activities SECONDS|standalone|nexus ENDPOINT INPUT";

  private Main() {}

  public static void main(String[] args) throws IOException {
    if (args.length < 2) throw new IllegalArgumentException(USAGE);
    Map<String, Object> flow =
        new ObjectMapper().readValue(args[args.length - 1], new TypeReference<>() {});
    // TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and Temporal's other variables, or its configuration file.
    ClientConfigProfile profile = ClientConfigProfile.load();
    WorkflowServiceStubs service =
        WorkflowServiceStubs.newServiceStubs(profile.toWorkflowServiceStubsOptions());
    WorkflowClient client = WorkflowClient.newInstance(service, profile.toWorkflowClientOptions());
    String taskQueue = System.getenv().getOrDefault("TEMPORAL_TASK_QUEUE", "power-automate");
    int status =
        switch (args[0]) {
          case "run" -> Run.run(client, taskQueue, flow);
          case "cancel" -> Cancel.cancel(client, taskQueue, flow);
          case "schedule" -> Schedules.schedule(client, taskQueue, args[1], flow);
          case "activities" ->
              Activities.activities(client, taskQueue, Long.parseLong(args[1]), flow);
          case "standalone" -> Standalone.standalone(client, taskQueue, flow);
          case "nexus" -> Nexus.nexus(client, args[1], flow);
          default -> throw new IllegalArgumentException(USAGE);
        };
    service.shutdown();
    System.exit(status);
  }
}
