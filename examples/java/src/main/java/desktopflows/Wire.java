package desktopflows;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What goes over the wire, as docs/results.md and docs/activities.md have it. Fields that a newer worker adds are
 * ignored, so that it may be updated before this service. Public, because the stubs of activities are made of these types.
 */
public final class Wire {
  private Wire() {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record FlowSession(String flowSessionId) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RunView(String phase, String flowSessionId, String status, int attempt) {}

  /** One robot that was started. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Attempt(
      String flowSessionId,
      int statusCode,
      String status,
      Instant startedOn,
      Instant completedOn,
      String errorCode,
      String errorSubCode,
      String errorMessage,
      String stoppedFor,
      List<String> duplicates) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record LicenseCheck(String code, String message) {}

  /** {@code outputs} is null where the robot left none. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RunResult(
      String flowSessionId,
      int statusCode,
      String status,
      Instant startedOn,
      Instant completedOn,
      Map<String, Object> outputs,
      List<Attempt> attempts,
      LicenseCheck licenseCheck) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record DataverseAnswer(
      Integer httpStatus, String code, String message, String requestId, Long retryAfterMs) {}

  /** {@code details[0]} of a failed run: the part of a result that is known, and what the failure adds. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record FailureDetails(
      String flowSessionId,
      String status,
      String errorCode,
      String errorMessage,
      List<Attempt> attempts,
      String origin,
      String deadline,
      String errorCategory,
      DataverseAnswer dataverse) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record FlowRunStatus(String flowSessionId, int statusCode, String status) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  public record FlowOutputs(Map<String, Object> outputs) {}
}
