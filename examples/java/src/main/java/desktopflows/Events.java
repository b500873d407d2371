package desktopflows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** What this program tells: one JSON object a line. */
final class Events {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Events() {}

  static void tell(String event, Map<String, ?> fields) {
    Map<String, Object> line = fields("event", event);
    line.putAll(fields);
    try {
      System.out.println(JSON.writeValueAsString(line));
    } catch (JsonProcessingException error) {
      throw new IllegalStateException(error);
    }
  }

  /** Takes nulls, as Map.of does not. */
  static Map<String, Object> fields(Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int at = 0; at < namesAndValues.length; at += 2)
      fields.put((String) namesAndValues[at], namesAndValues[at + 1]);
    return fields;
  }
}
