"""Mail from the network: lore by liblore, whole lists by git, web archives by requests and BeautifulSoup."""
