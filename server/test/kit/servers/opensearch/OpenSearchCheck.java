import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.codelibs.opensearch.runner.OpenSearchRunner;
import org.opensearch.http.HttpServerTransport;

/** Starts a server in the folder that it is told, lets it find a document over HTTP, and ends with 0 where it did. */
final class OpenSearchCheck {
  public static void main(String[] args) {
    try (OpenSearchRunner runner = OpenSearchServer.start(args[0], "0", "0")) {
      int port = runner.node().injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
      String url = "http://127.0.0.1:" + port + "/check/";
      ask("PUT", url + "_doc/1?refresh=true", "{\"name\":\"crane\"}");
      String found = ask("POST", url + "_search", "{\"query\":{\"match\":{\"name\":\"crane\"}}}");
      if (!found.contains("\"total\":{\"value\":1,")) throw new IllegalStateException("it did not find its document: " + found);
    } catch (Throwable failure) {
      failure.printStackTrace();
      System.exit(1);
    }
    System.exit(0);
  }

  private static String ask(String method, String url, String body) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url))
        .header("content-type", "application/json")
        .method(method, BodyPublishers.ofString(body))
        .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }
}
