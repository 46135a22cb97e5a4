import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateRevokedException;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Judges certificates with their issuer: CertPathJudge ocsp|crl|chain root issuer certificate... */
public final class CertPathJudge {
    public static void main(String[] arguments) throws Exception {
        var root = new TrustAnchor(certificate(arguments[1]), null);
        var issuer = certificate(arguments[2]);
        for (var path : List.of(arguments).subList(3, arguments.length)) {
            System.out.println(verdict(arguments[0], root, List.of(certificate(path), issuer)));
        }
    }

    private static String verdict(String means, TrustAnchor root, List<X509Certificate> chain)
            throws Exception {
        var validator = CertPathValidator.getInstance("PKIX");
        var checker = (PKIXRevocationChecker) validator.getRevocationChecker();
        checker.setOptions(
                means.equals("ocsp")
                        ? EnumSet.of(Option.NO_FALLBACK)
                        : EnumSet.of(Option.NO_FALLBACK, Option.PREFER_CRLS));
        var parameters = new PKIXParameters(Set.of(root));
        parameters.setRevocationEnabled(!means.equals("chain"));
        if (parameters.isRevocationEnabled()) {
            parameters.addCertPathChecker(checker);
        }
        try {
            var path = CertificateFactory.getInstance("X.509").generateCertPath(chain);
            validator.validate(path, parameters);
            return "good";
        } catch (CertPathValidatorException refusal) {
            return refusal.getCause() instanceof CertificateRevokedException revoked
                    ? "revoked " + revoked.getRevocationReason()
                    : refusal.getReason() + " " + refusal.getMessage();
        }
    }

    private static X509Certificate certificate(String path) throws Exception {
        try (var stream = Files.newInputStream(Path.of(path))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(stream);
        }
    }
}
