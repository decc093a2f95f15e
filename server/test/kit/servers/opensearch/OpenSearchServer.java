import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * One node of OpenSearch, a cluster of its own, that keeps its data in the folder that it is told, listens on 127.0.0.1 at
 * the two ports that it is told, for HTTP and for other nodes, and lives until it is ended.
 */
final class OpenSearchServer {
  public static void main(String[] args) throws InterruptedException {
    try {
      OpenSearchRunner runner = start(args[0], args[1], args[2]);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(runner)));
    } catch (Throwable failure) {
      failure.printStackTrace();
      // Threads that were begun would keep the process.
      System.exit(1);
    }
    new CountDownLatch(1).await();
  }

  /** A port that is 0 is one that nobody has. */
  static OpenSearchRunner start(String folder, String httpPort, String transportPort) {
    OpenSearchRunner runner = new OpenSearchRunner();
    // Otherwise it wants one of a hundred ports of its own choice to be free.
    runner.setMaxHttpPort(-1);
    runner.onBuild((number, settings) -> {
      settings.put("network.host", "127.0.0.1");
      settings.put("transport.port", transportPort);
      settings.put("discovery.type", "single-node");
      // Otherwise indices become read-only on a disk that others have nearly filled.
      settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
    });
    // The first of its nodes gets the next port.
    String base = String.valueOf(Integer.parseInt(httpPort) - 1);
    runner.build("-basePath", folder, "-numOfNode", "1", "-baseHttpPort", base, "-clusterName", "lading-test", "-disableESLogger");
    return runner;
  }

  private static void close(OpenSearchRunner runner) {
    try {
      runner.close();
    } catch (Exception failure) {
      failure.printStackTrace();
    }
  }
}
