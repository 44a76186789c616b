import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.Option;
import com.jayway.jsonpath.spi.json.JacksonJsonProvider;
import com.jayway.jsonpath.spi.mapper.JacksonMappingProvider;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

/**
 * Renders mapping templates on Apache Velocity with API Gateway's variables: one case a line on standard input
 * ({template, body, params, context, stageVariables}), one answer a line on standard output ({output, context} or
 * {error}). Numbers are kept as decimals of any size.
 */
public final class RenderTemplates {
    private static final ObjectMapper JSON = new ObjectMapper()
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS);

    private static final Configuration PATHS = Configuration.builder()
        .jsonProvider(new JacksonJsonProvider(JSON))
        .mappingProvider(new JacksonMappingProvider(JSON))
        .options(Option.SUPPRESS_EXCEPTIONS)
        .build();

    private RenderTemplates() {}

    public static void main(String[] args) throws Exception {
        VelocityEngine engine = new VelocityEngine();
        engine.init();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            answers.println(JSON.writeValueAsString(answer(engine, line)));
        }
    }

    private static Map<String, Object> answer(VelocityEngine engine, String line) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try {
            Map<String, Object> request = JSON.readValue(line, new TypeReference<Map<String, Object>>() {});
            Map<String, Object> context = object(request.get("context"));
            context.put("responseOverride", override("status", "header"));
            context.put("requestOverride", override("path", "querystring", "header"));

            VelocityContext variables = new VelocityContext();
            variables.put("input", new Input((String) request.get("body"), object(request.get("params"))));
            variables.put("util", new Util());
            variables.put("context", context);
            variables.put("stageVariables", object(request.get("stageVariables")));

            StringWriter output = new StringWriter();
            engine.evaluate(variables, output, "template", (String) request.get("template"));
            answer.put("output", output.toString());
            answer.put("responseOverride", context.get("responseOverride"));
        } catch (Exception exception) {
            answer.put("error", exception.toString());
        }
        return answer;
    }

    private static Map<String, Object> override(String... names) {
        Map<String, Object> override = new HashMap<>();
        for (String name : names) {
            if (!name.equals("status")) {
                override.put(name, new HashMap<String, Object>());
            }
        }
        return override;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        return value == null ? new HashMap<>() : (Map<String, Object>) value;
    }

    /** What a template sees as $input. */
    public static final class Input {
        private final String body;
        private final Map<String, Object> params;

        Input(String body, Map<String, Object> params) {
            this.body = body;
            this.params = params;
        }

        public String getBody() {
            return body;
        }

        /** The value itself: null where the path leads nowhere. */
        public Object path(String path) {
            return JsonPath.using(PATHS).parse(document()).read(path);
        }

        /** The value as JSON text: an empty string where the path leads nowhere. */
        public String json(String path) throws JsonProcessingException {
            Object value = path(path);
            return value == null ? "" : JSON.writeValueAsString(value);
        }

        public Map<String, Object> params() {
            return params;
        }

        /** A parameter by name: from the path, else the query string, else the headers; empty if there is none. */
        public String params(String name) {
            for (String place : new String[] {"path", "querystring", "header"}) {
                Object value = object(params.get(place)).get(name);
                if (value != null) {
                    return value.toString();
                }
            }
            return "";
        }

        private String document() {
            return body == null || body.isEmpty() ? "{}" : body;
        }
    }

    /** What a template sees as $util. */
    public static final class Util {
        public String escapeJavaScript(String text) {
            StringBuilder escaped = new StringBuilder();
            for (char c : text.toCharArray()) {
                escape(c, escaped);
            }
            return escaped.toString();
        }

        // As commons-lang's escapeJavaScript, which AWS names: \' and \/ are no JSON, and templates know it.
        private static void escape(char c, StringBuilder escaped) {
            switch (c) {
                case '"', '\'', '\\', '/' -> escaped.append('\\').append(c);
                case '\b' -> escaped.append("\\b");
                case '\f' -> escaped.append("\\f");
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                default -> {
                    if (c < 0x20 || c > 0x7e) {
                        escaped.append(String.format("\\u%04X", (int) c));
                    } else {
                        escaped.append(c);
                    }
                }
            }
        }

        public Object parseJson(String text) throws JsonProcessingException {
            return JSON.readValue(text, Object.class);
        }

        public String base64Encode(String text) {
            return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        public String base64Decode(String text) {
            return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
        }

        public String urlEncode(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }

        public String urlDecode(String text) {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        }
    }
}
