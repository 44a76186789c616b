/**
 * Starts Trino's own server as the launcher of its distribution does; the only argument is the version. By reflection:
 * what compiles this may be older than what Trino is compiled for.
 */
public final class TrinoServer {
    private TrinoServer() {}

    public static void main(String[] args) throws ReflectiveOperationException {
        Class<?> server = Class.forName("io.trino.server.Server");
        server.getMethod("start", String.class).invoke(server.getDeclaredConstructor().newInstance(), args[0]);
    }
}
