import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.ServerVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;

/**
 * Listens on 127.0.0.1 at the port that it is told, as the version of MongoDB that it is told, keeps everything in memory,
 * and lives until it is ended.
 */
final class MongodbStandIn {
  public static void main(String[] args) {
    MongoServer server = new MongoServer(new MemoryBackend().version(ServerVersion.valueOf(args[1])));
    server.enableOplog();
    server.bind("127.0.0.1", Integer.parseInt(args[0]));
  }
}
